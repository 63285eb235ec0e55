"""A run of Argo is seen on a server while its steps go on: `records: {sink: http://…}`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.engines.argo.driver import Driver
from tests.records.server.conftest import Running, running

from pipeglot_backends.argo import RUN

pytestmark = pytest.mark.parametrize("version", RUN[-1:])  # it is the sidecar's, and no version has a part in it

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: seen}
defaults: {image: "python:3.11-slim"}
records: {sink: SINK}
steps:
  slow:
    run: |
      echo loss=1 >> "$PIPEGLOT_METRICS"
      sleep 8
      env | grep -c SINK > "${{ outputs.known }}" || true
    outputs: {known: {type: int}}
  each: {foreach: {items: [1, 2]}, run: ["true"]}
"""


@pytest.fixture
def server(version: str, drivers: dict[str, Driver], tmp_path: Path) -> Iterator[Running]:
    """At the machine's end of the cable to the cluster, with a token that a secret of the cluster holds."""
    cluster = drivers[version].cluster
    with running(str(tmp_path / "server.db"), host=f"{cluster.release.subnet}.2") as found:
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pipeglot-sink"}}
        cluster.client.apply({**secret, "stringData": {"token": found.secrets["write"]}}, cluster.namespace)
        yield found


def events(server: Running) -> list[str]:
    with server.store.reading() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT kind FROM events ORDER BY kind")]


def test_it_is_seen_while_it_runs(version: str, drivers: dict[str, Driver], server: Running, tmp_path: Path) -> None:
    driver, path = drivers[version], tmp_path / "pipeline.yaml"
    path.write_text(SPEC.replace("SINK", f"http://{driver.cluster.release.subnet}.2:{server.port}"), "utf-8")
    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(driver.run, path)
        while "metric" not in (found := events(server)) and not outcome.done():
            time.sleep(0.2)
        meanwhile = found.count("end")
        done = outcome.result()
    record = json.loads(done.normal)
    assert (done.state, record["run"]) == ("succeeded", "succeeded")
    assert record["steps"]["slow"]["outputs"] == {"known": {"value": 0}}, "no step knows of it"
    assert "metric" in found
    # the items may be over by then, the slow step is not
    assert meanwhile < events(server).count("end") == 3
