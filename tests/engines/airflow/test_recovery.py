"""A sidecar that is killed on a real Airflow: what its step had written is in the record after the next try."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path

from tests.engines.airflow.driver import TARGET, Driver

from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.airflow.remote import submit as airflow

POINTS = 2000
CODE = (
    "import os, signal, time; first = os.environ['PIPEGLOT_ATTEMPT'] == '1'; "
    f"open(os.environ['PIPEGLOT_METRICS'], 'a').write(''.join(f'n={{each}}\\n' for each in range({POINTS}))) if first "
    "else None; os.kill(os.getppid(), signal.SIGKILL) if first else None; time.sleep(30) if first else None"
)
SPEC = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: killed}\n"


def test_the_next_try_takes_in_what_a_killed_one_left(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    step = {"retry": {"limit": 1}, "run": ["python3", "-c", CODE]}
    path.write_text(f"{SPEC}steps: {json.dumps({'a': step})}\n", "utf-8")
    access = driver.access()
    pipeline = replace(load(path), settings={"airflow": access.settings})
    handle = airflow.submit(pipeline, compiled(pipeline, TARGET).native, uuid.uuid4(), {}, access)
    assert driver.wait(handle)["a"] == "success"
    logs = airflow.collect(handle, access).logs
    events = [json.loads(line) for log in logs for line in log.read_text("utf-8").splitlines()]
    started = {event["attempt"]: event["number"] for event in events if event["event"] == "start"}
    assert sorted(started.values()) == [1, 2]
    points = [(started[event["attempt"]], event["value"]) for event in events if event["event"] == "metric"]
    assert points == [(1, number) for number in range(POINTS)]
