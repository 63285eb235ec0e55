"""Pods that are asked to go, and nobody says why: evicted, or their process stopped. `PIPEGLOT_STRESS`: how many."""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path

import pytest
from tests.engines.argo.driver import OVER_WITHIN, POLLED_EVERY, Driver

from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.argo import RUN
from pipeglot_backends.argo.remote import submit as argo

COUNT = int(os.environ.get("PIPEGLOT_STRESS") or 1)
SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: lost}
defaults: {image: "python:3.11-slim"}
steps:
  evicted:
    foreach: {items: ITEMS}
    retry: {limit: 1, "on": [lost]}
    run: [sh, -c, 'test "$1" = 2 || sleep 600', sh, "${{ run.attempt }}"]
  stopped:
    foreach: {items: ITEMS}
    retry: {limit: 1, "on": [lost]}
    run: [sh, -c, 'test "$1" = 2 || { kill -TERM 1; sleep 600; }', sh, "${{ run.attempt }}"]
  kept:
    foreach: {items: ITEMS}
    retry: {limit: 1, "on": [error]}
    run: [sh, -c, 'kill -TERM 1; sleep 600']
"""

pytestmark = pytest.mark.parametrize("version", RUN)


def evict(driver: Driver, workflow: str, count: int) -> None:
    """Each pod of the step once its command runs and Argo knows it, by the API that drains a node.

    A pod that goes before Argo saw it run is made anew within the same attempt, and not tried again.
    """
    evicted: set[str] = set()
    until = time.monotonic() + OVER_WITHIN
    while len(evicted) < count:
        assert time.monotonic() < until, f"{len(evicted)} of {count} pods were evicted"
        known = driver.seen_running(workflow)
        for pod in driver.pods(workflow, "evicted"):
            if pod not in evicted and pod in known and driver.has_started(pod, 1):
                where = {"name": pod, "namespace": driver.cluster.namespace}
                body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": where}
                path = f"/api/v1/namespaces/{driver.cluster.namespace}/pods/{pod}/eviction"
                status, answer = driver.cluster.request("POST", path, body)
                assert status == 201, answer
                evicted.add(pod)
        time.sleep(POLLED_EVERY)


def test_it_tries_again_what_was_asked_to_go(version: str, drivers: dict[str, Driver], tmp_path: Path) -> None:
    driver, path = drivers[version], tmp_path / "pipeline.yaml"
    path.write_text(SPEC.replace("ITEMS", json.dumps(list(range(COUNT)))), "utf-8")
    pipeline = load(path)
    handle = argo.submit(pipeline, compiled(pipeline, f"argo@{version}").files, uuid.uuid4(), {}, driver.access)
    name = handle.native["workflow"]
    evict(driver, name, COUNT)
    done = driver.cluster.wait(name, OVER_WITHIN)
    nodes = list(done["status"]["nodes"].values())
    tries = {step: [node for node in nodes if node["type"] == "Pod" and node["templateName"] == step] for step in STEPS}
    phases = {step: sorted(node["phase"] for node in found) for step, found in tries.items()}
    told = [(node["displayName"], node["phase"], node.get("message")) for found in tries.values() for node in found]
    print(f"\nArgo {version}: {told}")
    counts = {step: len(found) for step, found in phases.items()}
    assert counts == {"evicted": 2 * COUNT, "stopped": 2 * COUNT, "kept": COUNT}, told
    for step in ("evicted", "stopped"):
        assert phases[step].count("Succeeded") == COUNT, told
    logs = argo.collect(handle, driver.access).logs
    ends = [json.loads(line) for log in logs for line in log.read_text("utf-8").splitlines()]
    over = [end for end in ends if end["event"] in ("decided", "end")]
    lost = [(end["step"], end["state"]) for end in over if end.get("reason") == "lost"]
    assert lost.count(("stopped", "failed")) == COUNT, over
    assert lost.count(("kept", "failed")) == COUNT, over


STEPS = ("evicted", "stopped", "kept")
