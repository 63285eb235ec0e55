"""The log of a step while it runs on a real Argo, and of each of its attempts afterwards."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest
from tests.engines.argo.driver import Driver

from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.argo import RUN
from pipeglot_backends.argo.remote import submit as argo
from pipeglot_backends.argo.remote.step_logs import read_logs

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: logged}
defaults: {image: "python:3.11-slim"}
steps:
  a:
    retry: {limit: 1}
    run: |
      echo "this is try $PIPEGLOT_ATTEMPT"
      sleep 10
      [ "$PIPEGLOT_ATTEMPT" != 1 ]
  b:
    foreach: {items: [x, y]}
    run: [echo, "this is ${{ item }}"]
"""


@pytest.mark.parametrize("version", RUN)
def test_it_reads_the_log_of_every_attempt(version: str, drivers: dict[str, Driver], tmp_path: Path) -> None:
    driver, path = drivers[version], tmp_path / "pipeline.yaml"
    path.write_text(SPEC, "utf-8")
    pipeline = load(path)
    handle = argo.submit(pipeline, compiled(pipeline, f"argo@{version}").files, uuid.uuid4(), {}, driver.access)
    until = time.monotonic() + 300
    while "this is try 1" not in str(running := read_logs(handle, "a", driver.access)):
        assert time.monotonic() < until, running
        time.sleep(1)
    assert not running.over
    driver.cluster.wait(handle.native["workflow"])
    ended = read_logs(handle, "a", driver.access)
    assert [each.text.splitlines()[0] for each in ended.logs] == ["this is try 1", "this is try 2"]
    assert [each.number for each in ended.logs] == [1, 2]
    assert "argo=true" not in str(ended.logs), "what Argo says itself is left out"
    assert ended.over
    items = read_logs(handle, "b", driver.access).logs
    assert sorted((each.item, each.text) for each in items) == [("0", "this is x\n"), ("1", "this is y\n")]
