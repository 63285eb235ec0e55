"""The ways of Argo for which the compiler refuses something: once Argo does better, the line of `CANNOT` is to go."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import rig
from tests.engines.argo.driver import Driver

from pipeglot_backends.argo import RUN

EVIDENCE = Path(__file__).parent / "evidence"
PATIENCE = 180


def phases(cluster: rig.Cluster, name: str) -> dict[str, str]:
    nodes = cluster.workflow(name).get("status", {}).get("nodes", {}).values()
    return {f"{node['type']} {node['displayName']}": node["phase"] for node in nodes}


@pytest.mark.parametrize("version", RUN)
def test_it_never_ends_a_group_of_items_that_failed_fast(version: str, drivers: dict[str, Driver]) -> None:
    cluster = drivers[version].cluster
    name = cluster.submit((EVIDENCE / "fail_fast.yaml").read_text("utf-8"))
    until = time.monotonic() + PATIENCE
    while phases(cluster, name).get("DAG each") != "Failed":
        assert time.monotonic() < until, phases(cluster, name)
        time.sleep(1)
    time.sleep(10)  # ten rounds of the controller, in which it changes nothing
    found = phases(cluster, name)
    assert (found["TaskGroup item"], found[f"DAG {name}"]) == ("Running", "Running")
    cluster.client.call("DELETE", f"/apis/argoproj.io/v1alpha1/namespaces/{cluster.namespace}/workflows/{name}")
