"""What is Airflow's own way, and must come to the meaning that all engines share."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.engines.airflow.driver import TARGET, Driver
from tests.receiver import Receiver

from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.airflow.remote import submit as airflow
from pipeglot_backends.airflow.remote.connection import connect
from pipeglot_backends.remote.protocol import RunState

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\n"


def normal(driver: Driver, folder: Path, spec: str) -> dict[str, Any]:
    path = folder / "pipeline.yaml"
    path.write_text(HEAD + spec, "utf-8")
    outcome = driver.run(path)
    record: dict[str, Any] = json.loads(outcome.normal)
    assert record["run"] == outcome.run
    return record


def ending(step: dict[str, Any]) -> tuple[str, str | None, int]:
    return step["state"], step.get("reason"), len(step["attempts"])


def test_it_starts_nothing_new_once_a_step_failed(driver: Driver, tmp_path: Path) -> None:
    steps = normal(
        driver,
        tmp_path,
        """
metadata: {name: stops-early}
fail_fast: true
steps:
  bad: {run: [sh, -c, "exit 3"]}
  slow: {run: [sleep, "20"]}
  after: {needs: [slow], run: ["true"]}
on_exit:
  bye: {run: ["true"]}
""",
    )
    assert ending(steps["steps"]["bad"]) == ("failed", "exit-code", 1)
    assert ending(steps["steps"]["slow"]) == ("succeeded", None, 1)
    assert ending(steps["steps"]["after"]) == ("cancelled", "fail-fast", 0)
    assert ending(steps["on_exit"]["bye"]) == ("succeeded", None, 1)


def test_it_starts_no_other_item_once_one_failed(driver: Driver, tmp_path: Path) -> None:
    steps = normal(
        driver,
        tmp_path,
        """
metadata: {name: stops-items}
steps:
  each:
    foreach: {items: [1, 2, 3], max_parallel: 1, fail_fast: true}
    run: [sh, -c, "exit 3"]
  other: {run: ["true"]}
""",
    )["steps"]
    assert steps["each"]["state"] == "failed"
    assert sorted(ending(item) for item in steps["each"]["items"]) == [
        ("cancelled", "fail-fast", 0),
        ("cancelled", "fail-fast", 0),
        ("failed", "exit-code", 1),
    ]
    assert ending(steps["other"]) == ("succeeded", None, 1)


def test_it_tries_again_for_the_causes_that_are_named(driver: Driver, tmp_path: Path) -> None:
    steps = normal(
        driver,
        tmp_path,
        """
metadata: {name: causes}
steps:
  error: {retry: {limit: 1, "on": [timeout, lost]}, run: [sh, -c, "exit 3"]}
  timeout: {retry: {limit: 1, "on": [timeout]}, timeout: 1s, run: [sleep, "60"]}
  lost: {retry: {limit: 1, "on": [lost]}, run: [sh, -c, "test $1 = 2 || kill -9 $PPID", sh, "${{ run.attempt }}"]}
  gone: {retry: {limit: 1, "on": [error]}, run: [sh, -c, "kill -9 $PPID"]}
""",
    )["steps"]
    assert {name: ending(step) for name, step in steps.items()} == {
        "error": ("failed", "exit-code", 1),
        "timeout": ("failed", "timeout", 2),
        "lost": ("succeeded", None, 2),
        "gone": ("failed", "lost", 1),
    }


def test_it_tries_again_when_its_worker_goes(driver: Driver, tmp_path: Path) -> None:
    """What a worker that shuts down sends to the process that runs a task: it kills the task then, and may go on."""
    steps = normal(
        driver,
        tmp_path,
        """
metadata: {name: worker-goes}
steps:
  gone:
    retry: {limit: 1, "on": [lost]}
    run: |
      test "${{ run.attempt }}" = 2 && exit
      kill -TERM "$(cut -d' ' -f4 "/proc/$PPID/stat")"
      sleep 60
  asked:
    retry: {limit: 1, "on": [lost]}
    run: |
      test "${{ run.attempt }}" = 2 && exit
      kill -TERM "$PPID"
      sleep 60
  kept: {retry: {limit: 1, "on": [error]}, run: [sh, -c, 'kill -TERM "$PPID"; sleep 60']}
""",
    )["steps"]
    assert {name: (ending(step), step["attempts"][0]["reason"]) for name, step in steps.items()} == {
        "gone": (("succeeded", None, 2), "lost"),
        "asked": (("succeeded", None, 2), "lost"),
        "kept": (("failed", "lost", 1), "lost"),
    }


def test_it_calls_a_run_failed_that_someone_stopped_on_airflows_page(driver: Driver, tmp_path: Path) -> None:
    from airflow_client.client import DagRunApi, DAGRunPatchBody
    from airflow_client.client.models.dag_run_mutable_states import DagRunMutableStates

    spec = "metadata: {name: stopped}\nsteps:\n  a: {run: [sleep, '300']}\n  b: {needs: [a], run: ['true']}\n"
    (tmp_path / "pipeline.yaml").write_text(HEAD + spec, "utf-8")
    access = driver.access()
    pipeline = replace(load(tmp_path / "pipeline.yaml"), settings={"airflow": access.settings})
    handle = airflow.submit(pipeline, compiled(pipeline, TARGET).native, uuid.uuid4(), {}, access)
    until = time.monotonic() + 300
    while ("a", "running") not in airflow.status(handle, access).tasks and time.monotonic() < until:
        time.sleep(1)
    body = DAGRunPatchBody(state=DagRunMutableStates.FAILED)
    DagRunApi(connect(access).client).patch_dag_run(handle.native["dag"], handle.native["run"], body)
    assert driver.wait(handle)["verdict"] == "failed"
    assert airflow.status(handle, access).state is RunState.FAILED
    (log,) = airflow.collect(handle, access).logs
    end = json.loads(log.read_text("utf-8").splitlines()[-1])
    assert (end["event"], end["state"], end["reason"]) == ("end", "cancelled", "run-cancelled"), "someone's wish"


def test_it_tells_a_webhook_how_the_run_ended(driver: Driver, receiver: Receiver, tmp_path: Path) -> None:
    record = normal(
        driver,
        tmp_path,
        """
metadata: {name: notifies}
steps:
  bad: {run: [sh, -c, "exit 3"]}
notify: {webhook: {secret: alerts, key: url}, message: "${{ run.status }}: ${{ join(run.failed_steps, ', ') }}"}
""",
    )
    (_, _, body) = receiver.got[-1]
    assert {**json.loads(body), "run": ""} == {
        "pipeline": "notifies", "run": "", "status": "failed", "message": "failed: bad",
    }  # fmt: skip
    assert record["run"] == "failed"
    assert record["on_exit"]["notify"]["outputs"] == {"delivered": {"value": True}}
