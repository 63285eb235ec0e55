"""Runs of a real Argo that nobody submitted: found, and taken into the store with what their steps recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.engines.argo.driver import Driver
from tests.engines.argo.started import Started

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.argo import RUN
from pipeglot_backends.argo.remote import kubernetes
from pipeglot_backends.argo.remote import submit as argo
from pipeglot_backends.argo.remote.listing import SCHEDULED, list_runs
from pipeglot_expression.runtime.identity import milliseconds

PIPEGLOT = [sys.executable, "-m", "pipeglot"]

pytestmark = pytest.mark.parametrize("version", RUN)


def said(started: Started, *words: str, code: int = 0) -> Any:
    environ = {**os.environ, **started.driver.access.environ}
    done = subprocess.run(
        [*PIPEGLOT, *words, "--format", "json"],
        cwd=started.path.parent,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_it_takes_in_every_run_whoever_started_it(version: str, started: dict[str, Started]) -> None:
    it = started[version]
    by_clock = it.by_clock()
    names = {"submit": it.submitted.native["workflow"], "hand": it.by_hand, "clock": by_clock}
    there = {how: it.driver.cluster.wait(name) for how, name in names.items()}
    collect = ("collect", "--all", it.path.name, "--profile", "cluster")
    runs = {each["native"]["workflow"]: each for each in said(it, *collect)["runs"]}
    assert set(runs) == set(names.values())
    assert [(each["new"], each["state"]) for each in runs.values()] == [(True, "succeeded")] * 3
    ids = {how: runs[name]["run"] for how, name in names.items()}
    assert ids["submit"] == str(it.submitted.run)
    due = milliseconds(there["clock"]["metadata"]["annotations"][SCHEDULED])
    assert uuid.UUID(ids["clock"]).int >> 80 == due, "the nominal time stands in front"
    shown = {how: said(it, "show", run) for how, run in ids.items()}
    values = {"submit": 2, "hand": 3, "clock": 1}
    for how, run in shown.items():
        assert run["state"] == "succeeded"
        assert run["params"] == {"n": {"value": values[how]}}
        (attempt,) = (each for step in run["steps"] for each in step["attempts"])
        assert attempt["outputs"]["more"] == {"value": values[how] + 1}
        assert run["ended"] >= attempt["ended"]
    again = said(it, *collect)
    assert again["new"] == 0
    assert [each["events"] for each in again["runs"]] == [0, 0, 0]
    assert {each["run"] for each in again["runs"]} == set(ids.values())


def test_it_lists_the_newest_first_page_by_page(
    version: str, started: dict[str, Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    it = started[version]
    newest = it.by_clock()
    monkeypatch.setattr(kubernetes, "PAGE", 1)
    found = [each.native["workflow"] for each in list_runs(it.pipeline, it.driver.access, 10)]
    assert found[0] == newest
    assert set(found[1:]) == {it.by_hand, it.submitted.native["workflow"]}
    assert [each.native["workflow"] for each in list_runs(it.pipeline, it.driver.access, 1)] == [newest]


def test_status_and_collect_know_a_run_that_was_found(
    version: str, started: dict[str, Started], drivers: dict[str, Driver], tmp_path: Path
) -> None:
    it = started[version]
    drivers[version].cluster.wait(it.by_hand)
    store = ("--records", str(tmp_path / "records.db"))
    runs = said(it, "collect", "--all", it.path.name, "--profile", "cluster", *store)["runs"]
    (run,) = (each["run"] for each in runs if each["native"]["workflow"] == it.by_hand)
    assert said(it, "status", run, *store)["state"] == "succeeded"
    assert said(it, "collect", run, *store)["state"] == "succeeded"


def test_it_goes_on_after_a_run_whose_record_was_deleted(
    version: str, started: dict[str, Started], tmp_path: Path
) -> None:
    it = started[version]
    workflow = it.driver.cluster.wait(it.by_hand)
    it.driver.cluster.wait(it.submitted.native["workflow"])
    (place,) = (place for _, place in argo._records(workflow))
    argo._store(place, it.driver.access).rm(f"{place['bucket']}/{place['key']}")
    command = ("collect", "--all", it.path.name, "--profile", "cluster", "--records", str(tmp_path / "records.db"))
    told = {each["native"]["workflow"]: each for each in said(it, *command, code=4)["runs"]}
    assert told[it.by_hand]["fault"].startswith(f"PG527: no record of `{it.by_hand}` is where Argo kept it")
    assert told[it.submitted.native["workflow"]]["state"] == "succeeded"
    away = replace(it.driver.access, environ={**it.driver.access.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    with pytest.raises(SpecRejected, match=r"PG526: the record cannot be read from `s3://.*127\.0\.0\.1:1"):
        argo.collect(it.submitted, away)
