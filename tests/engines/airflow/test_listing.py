"""Runs of a real Airflow that nobody submitted: found, and taken into the store with what their steps recorded."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.engines.airflow.driver import OVER_WITHIN, POLLED_EVERY, TARGET, Driver

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends.airflow.remote import listing
from pipeglot_backends.airflow.remote import submit as airflow
from pipeglot_backends.airflow.remote.connection import connect
from pipeglot_backends.airflow.remote.listing import list_runs
from pipeglot_backends.remote.protocol import Access, EngineRun, Handle, RunState
from pipeglot_expression.runtime.identity import milliseconds
from pipeglot_records.engines.discovery import Discovered, discover
from pipeglot_records.show import run as showing
from pipeglot_records.store.database import open_store

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: started}
params: {n: {type: int, default: 1}}
schedule: {cron: "* * * * *"}
steps:
  a:
    run: |
      echo $((${{ params.n }} + 1)) > "${{ outputs.more }}"
    outputs: {more: {type: int}}
"""


@dataclass(frozen=True)
class Started:
    """One pipeline, started in every way that there is: by `submit`, by a person, by the scheduler, once."""

    pipeline: Pipeline
    access: Access
    submitted: Handle
    by_hand: str
    by_clock: str


@pytest.fixture(scope="module")
def started(driver: Driver, tmp_path_factory: pytest.TempPathFactory) -> Started:
    from airflow_client.client import DAGApi, DAGPatchBody, DagRunApi, TriggerDAGRunPostBody

    path = tmp_path_factory.mktemp("started") / "pipeline.yaml"
    path.write_text(SPEC, "utf-8")
    access = driver.access()
    pipeline = replace(load(path), settings={"airflow": access.settings})
    submitted = airflow.submit(pipeline, compiled(pipeline, TARGET).native, uuid.uuid4(), {"n": 2}, access)
    client = connect(access).client
    body = TriggerDAGRunPostBody(logical_date=None, conf={"n": 3})
    by_hand = DagRunApi(client).trigger_dag_run("started", body).dag_run_id
    by_clock = _begun(pipeline, access, "scheduled__")
    for run in (submitted.native["run"], by_hand, by_clock):
        driver.wait(replace(submitted, native={**submitted.native, "run": run}))
    DAGApi(client).patch_dag("started", DAGPatchBody(is_paused=True), update_mask=["is_paused"])
    return Started(pipeline, access, submitted, by_hand, by_clock)


def _begun(pipeline: Pipeline, access: Access, beginning: str) -> str:
    until = time.monotonic() + OVER_WITHIN
    while True:
        found = [each.native["run"] for each in list_runs(pipeline, access, 10)]
        of_it = [name for name in found if name.startswith(beginning)]
        if of_it:
            return of_it[-1]
        assert time.monotonic() < until, f"Airflow started no run at its time: {found}"
        time.sleep(POLLED_EVERY)


def chosen(started: Started, found: list[Any]) -> dict[str, Any]:
    """Of what was found the three, by how they were started: the clock may have started more."""
    names = {"submit": started.submitted.native["run"], "hand": started.by_hand, "clock": started.by_clock}
    by_name = {each.native["run"]: each for each in found}
    return {how: by_name[name] for how, name in names.items()}


def test_it_takes_in_every_run_whoever_started_it(started: Started, tmp_path: Path) -> None:
    with open_store(str(tmp_path / "records.db"), {}) as store:

        def taken() -> dict[str, Discovered]:
            return chosen(started, list(discover(store, started.pipeline, "airflow", started.access, 100)))

        first = taken()
        assert {each.state for each in first.values()} == {RunState.SUCCEEDED}
        assert first["submit"].run == str(started.submitted.run)
        due = milliseconds(started.by_clock.removeprefix("scheduled__"))
        assert uuid.UUID(first["clock"].run).int >> 80 == due, "the nominal time stands in front"
        for how, value in {"submit": 2, "hand": 3, "clock": 1}.items():
            shown: dict[str, Any] = showing.as_json(store, str(first[how].run))
            assert (shown["state"], shown["params"]) == ("succeeded", {"n": {"value": value}})
            (attempt,) = (each for step in shown["steps"] for each in step["attempts"])
            assert attempt["outputs"]["more"] == {"value": value + 1}
            assert shown["ended"] >= attempt["ended"]
        again = taken()
        assert [(each.new, each.events, each.state) for each in again.values()] == [(False, 0, None)] * 3
        assert {each.run for each in again.values()} == {each.run for each in first.values()}


def test_it_lists_the_newest_first_page_by_page(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)
    found: list[EngineRun] = list(list_runs(started.pipeline, started.access, 100))
    assert len(chosen(started, found)) == 3
    began = [each.began for each in found if each.began]
    assert began == sorted(began, reverse=True)
    assert [each.native for each in list_runs(started.pipeline, started.access, 2)] == [
        each.native for each in found[:2]
    ]
