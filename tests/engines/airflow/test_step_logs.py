"""The log of a step while it runs on a real Airflow, and of each of its tries afterwards."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from pathlib import Path

from tests.engines.airflow.driver import TARGET, Driver

from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.airflow.remote import submit as airflow
from pipeglot_backends.airflow.remote.step_logs import read_logs

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: logged}
steps:
  a:
    retry: {limit: 1}
    run: |
      echo "this is try $PIPEGLOT_ATTEMPT"
      [ "$PIPEGLOT_ATTEMPT" != 1 ] || while ! [ -e GO ]; do sleep 0.2; done
      [ "$PIPEGLOT_ATTEMPT" != 1 ]
"""


def test_it_reads_the_log_of_every_try(driver: Driver, tmp_path: Path) -> None:
    path, go = tmp_path / "pipeline.yaml", tmp_path / "go"
    path.write_text(SPEC.replace("GO", str(go)), "utf-8")
    access = driver.access()
    pipeline = replace(load(path), settings={"airflow": access.settings})
    handle = airflow.submit(pipeline, compiled(pipeline, TARGET).native, uuid.uuid4(), {}, access)
    until = time.monotonic() + 120
    while "this is try 1" not in str(running := read_logs(handle, "a", access)):
        assert time.monotonic() < until, running
        time.sleep(0.5)
    assert not running.over
    go.touch()
    driver.wait(handle)
    ended = read_logs(handle, "a", access)
    assert [(each.number, each.item) for each in ended.logs] == [(1, None), (2, None)]
    assert [f"this is try {number}" in each.text for number, each in enumerate(ended.logs, 1)] == [True, True]
    assert ended.over
    assert read_logs(handle, "no-such", access).logs == ()
