"""What only a real Kubeflow can tell."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest
from tests.engines.kubeflow.driver import OVER_WITHIN, POLLED_EVERY, TARGET, VERSION, Driver, prepared

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends.kubeflow.remote import submit as kubeflow
from pipeglot_backends.remote.protocol import Handle, Progress, RunState

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\ndefaults: {image: 'python:3.11-slim'}\n"


def made(driver: Driver, folder: Path, spec: str) -> Pipeline:
    (folder / "pipeline.yaml").write_text(HEAD + spec, "utf-8")
    return prepared(load(folder / "pipeline.yaml"), driver.access.settings)


def followed(driver: Driver, handle: Handle, wanted: RunState | None = None) -> Progress:
    """Until it is over, or in the state that is wanted."""
    until = time.monotonic() + OVER_WITHIN
    while True:
        progress = kubeflow.status(handle, driver.access)
        if progress.state.over or progress.state is wanted:
            return progress
        assert time.monotonic() < until, progress
        time.sleep(POLLED_EVERY)


def test_it_starts_a_run_once(driver: Driver, tmp_path: Path) -> None:
    pipeline = made(driver, tmp_path, "metadata: {name: once}\nsteps: {s: {run: ['true']}}\n")
    files, run = compiled(pipeline, TARGET).files, uuid.uuid4()
    first, second = (kubeflow.submit(pipeline, files, run, {}, driver.access) for _ in range(2))
    assert (first.known, second.known) == (False, True)
    assert first.native == second.native
    assert followed(driver, first).state is RunState.SUCCEEDED
    kubeflow.cancel(first, driver.access)
    assert kubeflow.status(first, driver.access).state is RunState.SUCCEEDED


def test_it_runs_what_was_delivered_last(driver: Driver, tmp_path: Path) -> None:
    for code, state in (("0", RunState.SUCCEEDED), ("3", RunState.FAILED)):
        pipeline = made(
            driver, tmp_path, f"metadata: {{name: delivered}}\nsteps: {{s: {{run: [sh, -c, 'exit {code}']}}}}\n"
        )
        handle = kubeflow.submit(pipeline, compiled(pipeline, TARGET).files, uuid.uuid4(), {}, driver.access)
        assert followed(driver, handle).state is state


PLACED = """
metadata: {name: placed}
steps:
  first: {run: ["true"]}
  tell:
    needs: [first]
    kubernetes:
      tolerations: [{key: batch, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]
      security_context: {runAsUser: 1000, runAsGroup: 3000, runAsNonRoot: true}
    run: [sh, -c, 'test "$(id -u):$(id -g)" = 1000:3000']
  none:
    needs: [tell]
    run: ["true"]
"""


@pytest.mark.skipif(VERSION in ("2.14", "2.15"), reason="before Kubeflow 2.16 there is no word for it")
def test_it_runs_as_whom_a_step_says_and_where(driver: Driver, tmp_path: Path) -> None:
    pipeline = made(driver, tmp_path, PLACED)
    handle = kubeflow.submit(pipeline, compiled(pipeline, TARGET).files, uuid.uuid4(), {}, driver.access)
    assert followed(driver, handle).state is RunState.SUCCEEDED


def test_it_stops_a_run(driver: Driver, tmp_path: Path) -> None:
    pipeline = made(driver, tmp_path, "metadata: {name: stopped}\nsteps: {s: {run: [sleep, '600']}}\n")
    handle = kubeflow.submit(pipeline, compiled(pipeline, TARGET).files, uuid.uuid4(), {}, driver.access)
    followed(driver, handle, RunState.RUNNING)
    kubeflow.cancel(handle, driver.access)
    assert followed(driver, handle).state is RunState.CANCELLED


def test_it_knows_no_run_that_is_not_there(driver: Driver) -> None:
    native = {"run": str(uuid.uuid4()), "url": driver.access.settings["host"], "artifacts": "minio://mlpipeline/none"}
    handle = Handle(uuid.uuid4(), {name: str(text) for name, text in native.items()})
    assert kubeflow.status(handle, driver.access).state is RunState.GONE
    with pytest.raises(SpecRejected) as rejected:
        kubeflow.cancel(handle, driver.access)
    assert [each.code for each in rejected.value.diagnostics] == ["PG522"]
