"""A run of Airflow is seen on a server while its steps go on: `records: {sink: http://…}`."""

from __future__ import annotations

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.engines.airflow.driver import TARGET, Driver
from tests.records.server.conftest import Running, running

from pipeglot.definition import definition_json
from pipeglot.driver.compiling import compiled, load
from pipeglot_records.engines import remote
from pipeglot_records.show import normal
from pipeglot_records.store.database import Store, open_store

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: seen}
records: {sink: SINK}
steps:
  slow:
    run: |
      echo loss=1 >> "$PIPEGLOT_METRICS"
      sleep 8
      env | grep -c SINK > "${{ outputs.known }}" || true
    outputs: {known: {type: int}}
"""
TRIED_TWICE = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: sent}
records: {sink: "SINK"}
steps:
  a:
    retry: {limit: 1}
    run: |
      echo loss=0.5 >> "$PIPEGLOT_METRICS"
      while ! [ -e GO ]; do sleep 0.2; done
      [ "$PIPEGLOT_ATTEMPT" != 1 ]
"""
OF_STEPS = "SELECT writer, seq, body FROM events WHERE run = ? AND attempt IS NOT NULL ORDER BY writer, seq"


def events(server: Running) -> list[str]:
    with server.store.reading() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT kind FROM events ORDER BY kind")]


def test_it_is_seen_while_it_runs(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    with running(str(tmp_path / "server.db"), is_open=True) as server, ThreadPoolExecutor(1) as pool:
        path.write_text(SPEC.replace("SINK", f"http://127.0.0.1:{server.port}"), "utf-8")
        outcome = pool.submit(driver.run, path)
        while "metric" not in (meanwhile := events(server)) and not outcome.done():
            time.sleep(0.2)
        done = outcome.result()
        at_last = events(server)
    record = json.loads(done.normal)
    assert (done.run, record["run"]) == ("succeeded", "succeeded")
    assert record["steps"]["slow"]["outputs"] == {"known": {"value": 0}}, "no step knows of it"
    assert ("metric" in meanwhile, "end" in meanwhile, at_last.count("end")) == (True, False, 1)


def of_steps(store: Store, run: uuid.UUID) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(OF_STEPS, (str(run),))]


def test_with_a_token_all_of_it_arrives_and_what_collect_brings_folds(
    driver: Driver, sink: Running, tmp_path: Path
) -> None:
    path, go, run = tmp_path / "pipeline.yaml", tmp_path / "go", uuid.uuid4()
    path.write_text(TRIED_TWICE.replace("SINK", f"http://127.0.0.1:{sink.port}").replace("GO", str(go)), "utf-8")
    access = driver.access()
    pipeline = replace(load(path), settings={"airflow": access.settings})
    with open_store(str(tmp_path / "records.db"), {}) as here:
        known = remote.begin(here, pipeline, "airflow", compiled(pipeline, TARGET).files, run, {}, access)
        until = time.monotonic() + 120
        while (seen := sink.get(f"/api/v1/runs/{run}")).status == 404 or not points(sink, run):
            assert time.monotonic() < until, seen
            time.sleep(0.5)
        assert seen.json["state"] == "running"
        go.touch()
        driver.wait(known.handle)
        remote.fetch(here, known, access)
        assert str(of_steps(here, run)).count('"event":"end"') == 2, "a try that failed, and one that did not"
        assert of_steps(sink.store, run) == of_steps(here, run)
        # what no sidecar knows comes with `collect`, and what it brings besides folds
        sink.store.register(definition_json(pipeline))
        remote.fetch(sink.store, known, access)
        assert of_steps(sink.store, run) == of_steps(here, run)
        assert normal.text(sink.store, str(run)) == normal.text(here, str(run))


def points(sink: Running, run: uuid.UUID) -> list[Any]:
    return [each for each in sink.get(f"/api/v1/runs/{run}/metrics").json if each["name"] == "loss"]
