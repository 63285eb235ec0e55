"""A pipeline that a CronWorkflow starts every minute, but in two of them alone, and not two runs at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import yaml
from tests.engines.argo.driver import Driver

from pipeglot.driver.compiling import compiled, load

NAME = "clocked"
SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: NAME}
schedule: {cron: "* * * * *", start: "START", end: "END", max_active: 1}
defaults: {image: "python:3.11-slim"}
steps:
  a: {run: [sleep, "70"]}
profiles:
  cluster: {target: argo@VERSION, argo: {namespace: SPACE}}
"""
APPLIED = ("configmap.yaml", "sidecar.yaml", "workflowtemplate.yaml", "cronworkflow.yaml")


@dataclass(frozen=True)
class Clocked:
    """`begin` is the first of the two minutes, and still to come; the run that is due then outlasts it."""

    driver: Driver
    begin: datetime


def start(driver: Driver, folder: Path) -> Clocked:
    begin = datetime.now(timezone.utc).replace(second=0, microsecond=0) + timedelta(minutes=2)
    times = {"START": begin.isoformat(), "END": (begin + timedelta(minutes=1)).isoformat()}
    text, space = SPEC, driver.cluster.namespace
    for word, meant in {**times, "NAME": NAME, "VERSION": driver.version, "SPACE": space}.items():
        text = text.replace(word, meant)
    path = folder / "pipeline.yaml"
    path.write_text(text, "utf-8")
    files = {file.path: file.text for file in compiled(load(path, "cluster")).files}
    for name in APPLIED:
        for manifest in yaml.safe_load_all(files[name]):
            driver.cluster.client.apply(manifest, space)
    return Clocked(driver, begin)
