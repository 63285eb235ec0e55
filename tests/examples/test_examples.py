"""The examples, run as their README says, leave the record that was written down for them."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.examples.records import EXAMPLES, difference, filled
from tests.examples.service import Service
from tests.forked import pipeglot

# the steps' own python3 is the one on the path, and it needs what the example needs
ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
DEV = ("--profile", "dev")
ARGUMENTS = {"hello": (), "breast_cancer": DEV, "orders": DEV, "tickets": DEV}


def record(name: str, folder: Path, *more: str, code: int = 0) -> str:
    """The normal form of a fresh run of an example, in a copy of its folder."""
    place = folder / name
    shutil.copytree(EXAMPLES / name, place, ignore=shutil.ignore_patterns("build", ".pipeglot", "__pycache__"))
    ran = pipeglot("run", "--isolated", *ARGUMENTS[name], *more, folder=place, environ=ENVIRONMENT)
    assert ran.returncode == code, ran.stdout + ran.stderr
    return pipeglot("show", "--format", "normal", folder=place).stdout


def test_it_knows_every_example() -> None:
    assert set(ARGUMENTS) == {path.parent.name for path in EXAMPLES.glob("*/pipeline.yaml")}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The record of the first run of an example, which is made when it is asked for."""
    return functools.cache(lambda name: record(name, tmp_path_factory.mktemp("first")))


@pytest.mark.parametrize("name", ARGUMENTS)
def test_it_leaves_the_expected_record(name: str, first: Callable[[str], str]) -> None:
    assert not (told := difference(name, first(name))), told


def test_it_computes_the_same_bytes_twice(first: Callable[[str], str], tmp_path: Path) -> None:
    once, again = json.loads(first("breast_cancer")), json.loads(record("breast_cancer", tmp_path))
    assert once == again
    assert len(once["steps"]["train"]["items"]) >= 6


def test_bad_rows_stop_the_orders_and_are_told_of(tmp_path: Path) -> None:
    left = record("orders", tmp_path, "-p", "max_bad=0.01", code=1)
    assert not (told := difference("orders", left, "expect-failure.yaml")), told


def test_tickets_ask_a_busy_service_again(tmp_path: Path) -> None:
    """By the client that asks a real one; what the service answers is wrong, so no prompt is adopted."""
    with Service(answer="other") as service:
        given = ("-p", f"endpoint={service.url}", "-p", "model=small", "-p", "batch=32", "-p", 'styles=["plain"]')
        steps = json.loads(record("tickets", tmp_path, *given))["steps"]
    assert steps["ask"]["items"][0]["attempts"] == [{"exit_code": 75, "reason": "exit-code"}, {"exit_code": 0}]
    assert service.asked == 1 + 32
    assert service.models == {"small"}
    assert steps["score"]["outputs"]["accuracy"] == {"value": 0.25}
    assert (steps["adopt"]["state"], steps["report"]["inputs"]["version"]) == ("skipped", {"value": "none"})


def test_it_fills_only_what_is_there() -> None:
    assert filled({"a": "*", "b": ["*", 1]}, {"a": 2, "b": [3, 4, 5]}) == {"a": 2, "b": [3, 1]}
    assert filled({"a": "*"}, {}) == {"a": "*"}
    assert filled({"a": "*"}, {"a": {"b": 1}}) == {"a": "*"}
