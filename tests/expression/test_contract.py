"""What compiler, backends, sidecar and store agree on, held to its page and to the files that repeat it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeglot_backends.local.engine.verdicts import REASONS
from pipeglot_expression.runtime import contract
from pipeglot_expression.runtime.contract import EXIT_CODES, RESERVED_CODES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "internals" / "runtime.md").read_text("utf-8")
DAG = ROOT / "backends" / "pipeglot_backends" / "airflow" / "emit" / "templates" / "dag.py.jinja"


@pytest.mark.parametrize(("reason", "code"), EXIT_CODES.items())
def test_it_exits_as_the_page_says(reason: str, code: int) -> None:
    assert re.search(rf"`{reason}` \((exit )?{code}\)", PAGE)


def test_it_reserves_the_codes_that_the_page_names() -> None:
    sentence = re.search(r"A command that itself ends with (.*) leaves as 1", PAGE)
    assert sentence
    named: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", sentence[1]):
        named.update(range(int(first), int(last or first) + 1))
    assert named == RESERVED_CODES


@pytest.mark.parametrize("name", [contract.STATE, contract.INDICES, f"{contract.SLOT}SLOT", contract.SECRET_PREFIX])
def test_it_names_things_as_the_page_does(name: str) -> None:
    assert f"`{name}" in PAGE


def test_a_dag_file_repeats_the_same_codes() -> None:
    """It runs where pipeglot is not installed."""
    said = dict(re.findall(r"^(FINAL|TIMEOUT|SKIPPED) = (\([\d, ]+\)|\d+)", DAG.read_text("utf-8"), re.MULTILINE))
    assert said == {
        "FINAL": str(contract.FINAL_CODES),
        "TIMEOUT": str(EXIT_CODES[contract.TIMEOUT]),
        "SKIPPED": str(contract.SKIP),
    }


def test_the_local_engine_reads_a_code_as_the_sidecar_meant_it() -> None:
    # the record alone tells what came in from what went out
    stopped = (contract.RUN_CANCELLED, contract.DEADLINE, "bad-input")
    assert {REASONS.get(code) for reason, code in EXIT_CODES.items() if reason not in stopped} <= set(EXIT_CODES)
    assert all(REASONS[code] == reason for reason, code in EXIT_CODES.items() if reason not in stopped)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.5, "0.5"), (30.0, "30"), (1234567.0, "1234567"), (86400 * 365.0, "31536000"), (100, "100")]
)
def test_it_writes_every_digit_of_seconds(seconds: float, text: str) -> None:
    assert contract.plain_seconds(seconds) == text


@pytest.mark.parametrize(
    ("state", "reason", "fails", "stops"),
    [
        ("succeeded", None, False, False),
        ("skipped", "condition-false", False, False),
        ("failed", "exit-code", True, False),
        ("cancelled", "upstream-failed", True, False),
        ("cancelled", "run-cancelled", False, True),
        ("cancelled", "fail-fast", False, True),
    ],
)
def test_it_knows_what_a_need_means_for_those_who_need_it(
    state: str, reason: str | None, fails: bool, stops: bool
) -> None:
    assert (contract.fails_readers(state, reason), contract.stops_readers(state, reason)) == (fails, stops)
