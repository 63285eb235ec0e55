"""One pipeline on one Argo, started in every way that there is: by `submit`, by hand, by the clock."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml
from tests.engines.argo.driver import OVER_WITHIN, POLLED_EVERY, Driver

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends.argo.remote import submit as argo
from pipeglot_backends.remote.protocol import Handle

NAME = "started"
SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: NAME}
params: {n: {type: int, default: 1}}
schedule: {cron: "WHEN"}
defaults: {image: "python:3.11-slim"}
steps:
  a:
    run: |
      echo $((${{ params.n }} + 1)) > "${{ outputs.more }}"
    outputs: {more: {type: int}}
profiles:
  cluster: {target: argo@VERSION, argo: {namespace: SPACE}}
"""


@dataclass(frozen=True)
class Started:
    """The run that was submitted, and the name of the workflow that was made by hand."""

    driver: Driver
    path: Path
    pipeline: Pipeline
    submitted: Handle
    by_hand: str

    def by_clock(self) -> str:
        """The one that Argo started by itself, once it is there."""
        until = time.monotonic() + OVER_WITHIN
        while not (found := self._labelled(f"workflows.argoproj.io/cron-workflow={NAME}")):
            assert time.monotonic() < until, "Argo started no run at its time"
            time.sleep(POLLED_EVERY)
        assert len(found) == 1, "its minute comes once a year"
        return str(found[0]["metadata"]["name"])

    def _labelled(self, selector: str) -> list[Any]:
        space = self.driver.cluster.namespace
        where = f"/apis/argoproj.io/v1alpha1/namespaces/{space}/workflows?labelSelector={selector}"
        status, answer = self.driver.cluster.request("GET", where)
        assert status == 200, answer
        return list(answer["items"])


def start(driver: Driver, folder: Path) -> Started:
    """The clock's turn comes in the minute after the next: until then Argo has seen what was delivered."""
    cluster, due = driver.cluster, datetime.now(timezone.utc) + timedelta(minutes=2)
    path = folder / "pipeline.yaml"
    text = SPEC.replace("NAME", NAME).replace("WHEN", f"{due:%-M %-H %-d %-m *}")
    path.write_text(text.replace("VERSION", driver.version).replace("SPACE", cluster.namespace), "utf-8")
    pipeline = load(path, "cluster")
    made = compiled(pipeline).files
    files = {file.path.rpartition("/")[2]: file.text for file in made}
    submitted = argo.submit(pipeline, made, uuid.uuid4(), {"n": 2}, driver.access)
    cluster.client.apply(yaml.safe_load(files["cronworkflow.yaml"]), cluster.namespace)
    workflow = yaml.safe_load(files["workflow.yaml"])
    workflow["spec"]["arguments"] = {"parameters": [{"name": "n", "value": "3"}]}
    return Started(driver, path, pipeline, submitted, cluster.submit(workflow))
