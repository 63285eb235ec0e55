"""A run of Airflow is seen on a server while its steps go on: `records: {sink: http://…}`."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.engines.airflow.driver import Driver
from tests.records.server.conftest import Running, running

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
