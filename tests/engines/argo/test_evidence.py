"""The ways of Argo that the compiler counts on, or refuses something for: once Argo has others, lines are to go."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import rig
from tests.engines.argo.driver import Driver

from pipeglot_backends.argo import RUN

EVIDENCE = Path(__file__).parent / "evidence"
PATIENCE = 180
STARTED = {
    "Pod fails": "Failed",
    "Pod after": "Succeeded",
    "Pod breaks": "Failed",
    "DAG behind": "Succeeded",
    "DAG items(0:0)": "Failed",
    "DAG items(1:1)": "Succeeded",
    "DAG items(2:2)": "Succeeded",
}


def nodes(cluster: rig.Cluster, name: str) -> dict[str, Any]:
    found = cluster.workflow(name).get("status", {}).get("nodes", {}).values()
    return {f"{node['type']} {node['displayName']}": node for node in found}


def phases(cluster: rig.Cluster, name: str) -> dict[str, str]:
    return {told: node["phase"] for told, node in nodes(cluster, name).items()}


@pytest.fixture(scope="module")
def begun(drivers: dict[str, Driver]) -> dict[tuple[str, str], str]:
    """The workflows of all tests here, side by side: most of them is waiting."""
    texts = {file.stem: file.read_text("utf-8") for file in sorted(EVIDENCE.glob("*.yaml"))}
    return {(version, name): drivers[version].cluster.submit(text) for name, text in texts.items() for version in RUN}


@pytest.mark.parametrize("version", RUN)
def test_it_never_ends_a_group_of_items_that_failed_fast(
    version: str, drivers: dict[str, Driver], begun: dict[tuple[str, str], str]
) -> None:
    cluster, name = drivers[version].cluster, begun[version, "fail_fast"]
    until = time.monotonic() + PATIENCE
    while phases(cluster, name).get("DAG each") != "Failed":
        assert time.monotonic() < until, phases(cluster, name)
        time.sleep(1)
    time.sleep(10)  # ten rounds of the controller, in which it changes nothing
    found = phases(cluster, name)
    assert (found["TaskGroup item"], found[f"DAG {name}"]) == ("Running", "Running")
    cluster.client.call("DELETE", f"/apis/argoproj.io/v1alpha1/namespaces/{cluster.namespace}/workflows/{name}")


@pytest.mark.parametrize("version", RUN)
def test_it_starts_what_is_ready_though_a_task_has_failed(
    version: str, drivers: dict[str, Driver], begun: dict[tuple[str, str], str]
) -> None:
    cluster, name = drivers[version].cluster, begun[version, "branches"]
    assert cluster.wait(name, PATIENCE)["status"]["phase"] == "Failed"
    found = nodes(cluster, name)
    for failed, later in ("Pod fails", "Pod after"), ("Pod breaks", "Pod behind-driver"):
        assert found[failed]["finishedAt"] < found[later]["startedAt"], "it was over too late to say anything"
    ended = {told: node["phase"] for told, node in found.items() if told in STARTED or node["phase"] == "Omitted"}
    assert ended == STARTED
