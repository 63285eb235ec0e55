"""Runs that nobody submitted: found on Kubeflow, and taken into the store with what their steps recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.engines.kubeflow_submit.conftest import Submitted
from tests.engines.kubeflow_submit.server import Kubeflow
from tests.engines.kubeflow_submit.test_collect import bucket as bucket
from tests.engines.kubeflow_submit.test_collect import store as store
from tests.engines.kubeflow_submit.test_collect import told

from pipeglot.definition import step_table
from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import sidecar_text
from pipeglot.ir import Pipeline
from pipeglot_backends.kubeflow.remote.listing import list_runs
from pipeglot_backends.remote.protocol import RunState
from pipeglot_expression.runtime.identity import derived_run_id
from pipeglot_records.engines import remote
from pipeglot_records.engines.discovery import Discovered, discover
from pipeglot_records.show import run as showing
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.intake.ingest import Tail

MORE = {"state": "RUNNING", "finished_at": "1970-01-01T00:00:00Z"}


@dataclass
class Engine:
    """A Kubeflow whose steps leave records, as the launcher keeps them."""

    way: Submitted
    server: Kubeflow
    bucket: Any
    records: Store
    folder: Path

    def begin(self, at: str, **about: Any) -> str:
        """A run that no `submit` made: of the version that the last one uploaded."""
        identity, (version,) = str(uuid.uuid4()), self.server.versions.values()
        reference = {name: version[name] for name in ("pipeline_id", "pipeline_version_id")}
        run = {"run_id": identity, "display_name": "churn at night", "created_at": at, **MORE}
        self.server.runs[identity] = {**run, "pipeline_version_reference": reference, **about}
        return identity

    def end(self, run: str, at: str, state: str = "SUCCEEDED") -> None:
        self.server.runs[run] |= {"state": state, "finished_at": at}

    def play(self, run: str, **more: str) -> bytes:
        """What the sidecar records of the step, when Kubeflow starts it."""
        (self.folder / "steps.json").write_text(step_table(self.way.pipeline))
        (self.folder / "sidecar.py").write_text(sidecar_text())
        record = self.folder / f"{run}.jsonl"
        environ = {"PATH": os.environ["PATH"], "PIPEGLOT_ENGINE": "kubeflow", "PIPEGLOT_NATIVE_RUN": run}
        environ |= {"PIPEGLOT_RECORD_FILE": str(record), "PIPEGLOT_ATTEMPT": "1", "PIPEGLOT.params.text": '"plain"'}
        command = [sys.executable, "sidecar.py", "run", "a"]
        subprocess.run(command, cwd=self.folder, env={**environ, **more}, capture_output=True, check=True)
        key = f"v2/artifacts/churn/{run}/a/1f0c/pipeglot-record/a.1.jsonl"
        self.bucket.put_object(Bucket="mlpipeline", Key=key, Body=record.read_bytes())
        return record.read_bytes()

    def gather(self, limit: int = 100, pipeline: Pipeline | None = None) -> list[Discovered]:
        found = discover(self.records, pipeline or self.way.pipeline, "kubeflow", self.way.access, limit)
        return list(found)

    def shown(self, run: str | None) -> dict[str, Any]:
        assert run
        return showing.as_json(self.records, run)


@pytest.fixture
def engine(submitted: Submitted, server: Kubeflow, store: str, bucket: object, tmp_path: Path) -> Iterator[Engine]:
    way = told(submitted, store)
    way.submit()
    server.runs.clear()
    folder = tmp_path / "engine"
    folder.mkdir()
    with open_store(str(tmp_path / "records.db"), {}) as records:
        yield Engine(way, server, bucket, records, folder)


def test_it_lists_the_newest_first_and_of_this_pipeline_alone(engine: Engine) -> None:
    handle = engine.way.submit(rows=9, text="{{=2}} 😀", tags=["x", 1.5], secret="hush")
    engine.begin("2026-11-28T01:00:00Z", runtime_config={"parameters": {"rows": 3.0, "text": "typed", "tags": "[1]"}})
    engine.begin("2026-11-29T01:00:00Z", pipeline_version_reference={"pipeline_id": "another"})
    spec = {"pipelineInfo": {"name": "churn"}}
    inline = {"pipeline_version_reference": {}, "pipeline_spec": {"pipeline_spec": spec, "platform_spec": {}}}
    engine.end(engine.begin("2026-11-27T01:00:00.25Z", **inline), "2026-11-27T01:00:09Z")
    found = list(list_runs(engine.way.pipeline, engine.way.access, 10))
    assert [each.run for each in found] == [handle.run, None, None]
    assert found[0].native == handle.native
    assert [each.params for each in found] == [
        {"rows": 9, "text": "{{=2}} 😀", "tags": ["x", 1.5], "secret": "hush"},
        {"rows": 3, "text": "typed", "tags": [1]},
        {},
    ]
    assert [str(found[2].began), str(found[2].ended)] == [
        "2026-11-27 01:00:00.250000+00:00",
        "2026-11-27 01:00:09+00:00",
    ]
    assert [each.ended for each in found[:2]] == [None, None]


def test_it_asks_for_no_more_than_are_wanted(engine: Engine) -> None:
    for hour in range(5):
        engine.begin(f"2026-11-28T0{hour}:00:00Z")
    engine.server.asked.clear()
    newest = [str(each.began) for each in list_runs(engine.way.pipeline, engine.way.access, 2)]
    assert newest == ["2026-11-28 04:00:00+00:00", "2026-11-28 03:00:00+00:00"]
    assert engine.server.count("run_service_list_runs") == 2, "a page holds one"


def test_it_takes_in_a_run_that_nobody_submitted(engine: Engine) -> None:
    native = engine.begin("2026-11-28T01:00:00Z", runtime_config={"parameters": {"rows": 3.0, "secret": '"psst"'}})
    engine.play(native)
    engine.end(native, "2026-11-28T01:00:09Z")
    (gathered,) = engine.gather()
    assert gathered.run == derived_run_id("", native)
    assert (gathered.state, gathered.new, gathered.fault) == (RunState.SUCCEEDED, True, None)
    shown = engine.shown(gathered.run)
    assert (shown["pipeline"], shown["state"], shown["target"]) == ("churn", "succeeded", "kubeflow")
    assert shown["started"].startswith("2026-11-28T01:00:00")
    assert shown["params"] == {
        "rows": {"value": 3},
        "secret": {"redacted": True},
        "tags": {"value": []},
        "text": {"value": "plain"},
    }
    assert [step["state"] for step in shown["steps"]] == ["succeeded"]
    known = remote.find(engine.records, str(gathered.run))
    assert known
    assert known.handle.native["run"] == native, "from now on `status` and `collect` know it too"


def test_it_takes_nothing_twice_and_asks_the_store_for_nothing_it_has(engine: Engine) -> None:
    native = engine.begin("2026-11-28T01:00:00Z")
    engine.play(native)
    engine.end(native, "2026-11-28T01:00:09Z")
    (first,) = engine.gather()
    before = engine.shown(first.run)
    engine.bucket.delete_object(
        Bucket="mlpipeline", Key=f"v2/artifacts/churn/{native}/a/1f0c/pipeglot-record/a.1.jsonl"
    )
    (second,) = engine.gather()
    assert (second.run, second.state, second.new, second.events) == (first.run, None, False, 0)
    assert engine.shown(first.run) == before


def test_it_goes_on_with_a_run_that_was_not_over(engine: Engine) -> None:
    native = engine.begin("2026-11-28T01:00:00Z")
    engine.play(native)
    (first,) = engine.gather()
    assert (first.state, first.new) == (RunState.RUNNING, True)
    engine.end(native, "2026-11-28T01:00:09Z", "FAILED")
    (second,) = engine.gather()
    assert (second.run, second.state, second.new, second.events) == (first.run, RunState.FAILED, False, 1)
    assert engine.shown(first.run)["state"] == "failed"


def test_a_run_ends_when_its_engine_says_and_not_when_it_is_collected(engine: Engine) -> None:
    native = engine.begin("2026-11-28T01:00:00Z")
    engine.play(native)
    engine.end(native, "2126-11-28T01:00:09Z")
    (gathered,) = engine.gather()
    assert engine.shown(gathered.run)["ended"].startswith("2126-11-28T01:00:09")


def test_a_run_ends_after_its_steps_also_where_the_clock_of_the_engine_is_behind(engine: Engine) -> None:
    native = engine.begin("2026-11-28T01:00:00Z")
    last = json.loads(engine.play(native).splitlines()[-1])
    engine.end(native, "2026-11-28T01:00:09Z")
    (gathered,) = engine.gather()
    shown = engine.shown(gathered.run)
    assert shown["ended"] == shown["steps"][0]["attempts"][0]["ended"]
    assert last["event"] == "end"


def test_it_adds_what_a_run_is_to_steps_that_were_there_alone(engine: Engine) -> None:
    native = engine.begin("2026-11-28T01:00:00Z")
    (engine.folder / "alone.jsonl").write_bytes(engine.play(native))
    Tail(engine.records, engine.folder / "alone.jsonl").poll(last=True)
    assert engine.shown(derived_run_id("", native))["target"] is None
    engine.end(native, "2026-11-28T01:00:09Z")
    (gathered,) = engine.gather()
    assert (gathered.new, engine.shown(gathered.run)["target"]) == (False, "kubeflow")


def test_it_leaves_a_run_without_any_record(engine: Engine) -> None:
    engine.begin("2026-11-28T01:00:00Z")
    engine.end(engine.begin("2026-11-28T02:00:00Z"), "2026-11-28T02:00:09Z", "FAILED")
    assert [(each.run, each.state, each.new) for each in engine.gather()] == [
        (None, RunState.FAILED, False),
        (None, RunState.RUNNING, False),
    ]


def test_it_goes_on_after_a_run_whose_record_is_not_to_be_had(engine: Engine) -> None:
    engine.end(engine.begin("2026-11-28T02:00:00Z"), "2026-11-28T02:00:09Z")
    native = engine.begin("2026-11-28T01:00:00Z")
    engine.play(native)
    engine.end(native, "2026-11-28T01:00:09Z")
    first, second = engine.gather()
    assert first.fault
    assert first.fault.code == "PG527"
    assert (first.new, second.new, second.run) == (False, True, derived_run_id("", native))


def test_it_knows_the_runs_that_were_submitted(engine: Engine) -> None:
    handle = engine.way.submit(rows=9)
    native = handle.native["run"]
    engine.play(native, PIPEGLOT_RUN_ID=str(handle.run))
    engine.end(native, "2026-11-28T12:00:09Z")
    assert [(each.run, each.new) for each in engine.gather()] == [(str(handle.run), True)]


def test_defaults_of_another_definition_are_not_taken_for_those_of_the_run(engine: Engine) -> None:
    native = engine.begin("2026-11-28T01:00:00Z", runtime_config={"parameters": {"rows": 3.0}})
    engine.play(native)
    engine.end(native, "2026-11-28T01:00:09Z")
    params = engine.way.pipeline.params
    changed = replace(engine.way.pipeline, params=tuple(replace(each, default=None) for each in params))
    (gathered,) = engine.gather(pipeline=changed)
    assert engine.shown(gathered.run)["params"] == {"rows": {"value": 3}}


def test_it_says_that_nothing_answers(engine: Engine) -> None:
    away = replace(engine, way=engine.way.by(url="http://127.0.0.1:1"))
    with pytest.raises(SpecRejected, match=r"PG520: nothing answers at http://127\.0\.0\.1:1"):
        away.gather()


def test_the_command_says_what_it_took(engine: Engine, tmp_path: Path) -> None:
    lost = engine.begin("2026-11-28T02:00:00Z")
    native = engine.begin("2026-11-28T01:00:00Z")
    engine.play(native)
    for each in (lost, native):
        engine.end(each, "2026-11-28T02:00:09Z")
    environ = {**os.environ, **engine.way.access.environ, "KF_PIPELINES_ENDPOINT": engine.server.url}
    environ["PYTHONPATH"] = os.pathsep.join(sys.path)

    def collect(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipeglot", "collect", "--all", "pipeline.yaml", "--target", "kubeflow", *more]
        return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)

    done = collect()
    assert done.returncode == 4, "one of them could not be taken"
    assert "error[PG527]" in done.stderr
    assert f"Nothing was taken of the run: run {lost}" in done.stderr
    first, last = done.stdout.splitlines()
    assert first.startswith(f"run {derived_run_id('', native)} succeeded, ")
    place = f"artifacts minio://mlpipeline/v2/artifacts/churn/{native}"
    assert first.endswith(f"new events: run {native}, url {engine.server.url}, {place}")
    assert last == "2 runs of `churn` on kubeflow: 1 new"
    again = json.loads(collect("--limit", "2", "--format", "json").stdout)
    assert again["new"] == 0
    assert [each.get("fault", "").partition(":")[0] for each in again["runs"]] == ["PG527", ""]
