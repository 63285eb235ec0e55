"""The rig itself: what it says it does on each Argo, and that it goes without a trace."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rig
from rig import control, processes
from rig import node as inside
from rig.keys import NODE
from rig.node import KERNEL
from rig.processes import KEPT
from rig.tools import find, run

pytestmark = [pytest.mark.rig, pytest.mark.usefixtures("able")]

HERE = Path(__file__).resolve().parent
WORKFLOW = (HERE / "workflow.yaml").read_text()
LAST = rig.RELEASES["3.7"]


def node_of(workflow: rig.JsonObject, name: str) -> rig.JsonObject:
    found: rig.JsonObject = next(n for n in workflow["status"]["nodes"].values() if n["displayName"] == name)
    return found


def output(node: rig.JsonObject, kind: str) -> rig.JsonObject:
    made: rig.JsonObject = next(item for item in node["outputs"][kind] if item["name"] != "main-logs")
    return made


def test_it_has_a_ready_node_of_the_linked_version(cluster: rig.Cluster) -> None:
    status, node = cluster.request("GET", f"/api/v1/nodes/{NODE}")
    assert status == 200
    assert {"type": "Ready", "status": "True"}.items() <= node["status"]["conditions"][-1].items()
    assert node["status"]["nodeInfo"]["kubeletVersion"].startswith("v1.34.")


def test_it_runs_a_pod_and_reads_its_log(cluster: rig.Cluster) -> None:
    container = {"name": "main", "image": rig.STEP, "command": ["python3", "-c", "print(6 * 7)"]}
    spec = {"restartPolicy": "Never", "containers": [container]}
    made = cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "rig-"}, "spec": spec})
    name = made["metadata"]["name"]
    path = f"/api/v1/namespaces/{cluster.namespace}/pods/{name}"
    until = time.monotonic() + 120
    while cluster.request("GET", path)[1]["status"]["phase"] != "Succeeded":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert cluster.pod_log(name) == "42\n"
    cluster.request("DELETE", path)


def test_it_runs_a_workflow_to_its_expected_end(cluster: rig.Cluster) -> None:
    done = cluster.wait(cluster.submit(WORKFLOW))
    assert done["status"]["phase"] == "Succeeded", done["status"]
    total = node_of(done, "total")
    assert output(total, "parameters")["value"] == "12 from S3"
    assert cluster.read(output(total, "artifacts")["s3"]["key"]) == b"12 from S3"
    assert [len(node_of(done, f"double({i}:{i + 1})")["children"]) for i in range(3)] == [1, 2, 1]
    farewell = f"{done['metadata']['name']}.onExit"
    assert node_of(done, farewell)["phase"] == "Succeeded"
    pods = cluster.pods(f"workflows.argoproj.io/workflow={done['metadata']['name']}")
    logs = [cluster.pod_log(pod["metadata"]["name"]) for pod in pods]
    assert any("the workflow has Succeeded" in log for log in logs)


def test_the_server_takes_a_good_workflow_and_keeps_nothing_of_a_dry_run(cluster: rig.Cluster) -> None:
    assert cluster.dry_run(WORKFLOW.replace("generateName: rig-", "name: only-asked")) is None
    assert cluster.request("GET", "/apis/argoproj.io/v1alpha1/namespaces/pipeglot/workflows/only-asked")[0] == 404


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("retryStrategy:", "retryStrategi:", 'unknown field "spec.templates[2].retryStrategi"'),
        (
            "          none: {}",
            "          nun: {}",
            'unknown field "spec.templates[3].outputs.artifacts[0].archive.nun"',
        ),
        ("command: [sh, -c]", "command: sh", "must be of type array"),
        ("generateName: rig-", "name: Rig_1", "lowercase RFC 1123"),
        ("kind: Workflow", "kind: Workflo", "the server knows no Workflo"),
    ],
)
def test_the_server_refuses_a_seeded_fault(cluster: rig.Cluster, right: str, wrong: str, said: str) -> None:
    assert right in WORKFLOW
    assert said in str(cluster.dry_run(WORKFLOW.replace(right, wrong)))


@pytest.mark.parametrize("argo", list(rig.RELEASES))
def test_the_linter_has_nothing_against_a_good_workflow(argo: str) -> None:
    assert rig.lint(argo, [HERE / "workflow.yaml"])[0] == 0


@pytest.mark.parametrize("argo", list(rig.RELEASES))
@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("template: total", "template: totall", "template name 'totall' undefined"),
        ("{{tasks.list.outputs.parameters.numbers}}", "{{tasks.list.outputs.parameters.nombres}}", "failed to resolve"),
        ("retryStrategy:", "retryStrategi:", "retryStrategi"),
    ],
)
def test_the_linter_refuses_a_seeded_fault(argo: str, right: str, wrong: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "workflow.yaml"
    file.write_text(WORKFLOW.replace(right, wrong))
    code, text = rig.lint(argo, [file])
    assert (code, said in text) == (1, True), text


def traces() -> dict[str, object]:
    """What a cluster could leave behind on this machine."""
    rules = find("iptables-save")
    saved = subprocess.run([rules], capture_output=True, text=True, check=True).stdout if rules else ""
    return {
        "mounts": sorted(Path("/proc/self/mounts").read_text().splitlines()),
        "links": names("/sys/class/net"),
        "routes": run("ip", "route").splitlines(),
        "rules": [line for line in saved.splitlines() if not line.startswith("#")],
        "cgroups": [str(root / LAST.cgroup) for root in processes.roots() if (root / LAST.cgroup).exists()],
        "kernel": [Path("/proc/sys", name).read_text() for name in KERNEL],
        "forwards": Path("/proc/sys/net/ipv4/ip_forward").read_text(),
        "folders": [names(folder) for folder in ("/run", "/var/lib", "/var/log", "/etc", "/opt")],
        "processes": [*processes.marked(LAST), *contained()],
        "state": sorted(item.name for item in LAST.state.glob("*")),
    }


def names(folder: str) -> list[str]:
    return sorted(item.name for item in Path(folder).iterdir())


def contained() -> list[str]:
    return [str(file) for file in Path("/proc").glob("[0-9]*/cgroup") if reads(file, LAST.cgroup)]


def reads(file: Path, text: str) -> bool:
    try:
        return text in file.read_text()
    except OSError:
        return False


def killed_up(seconds: float) -> None:
    """An `up` whose process is killed so long after the cluster's first process is there."""
    command = [sys.executable, str(HERE), "up", "--argo", LAST.name]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as victim:
        until = time.monotonic() + 60
        while processes.first(LAST) is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(seconds)
        assert victim.poll() is None
        victim.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 8.0])
def test_down_leaves_nothing_of_an_up_that_was_killed(seconds: float) -> None:
    rig.down(LAST.name, purge=True)
    before = traces()
    killed_up(seconds)
    assert rig.status()[LAST.name] == "starting or broken"
    rig.down(LAST.name, purge=True)
    assert traces() == before


def test_unplug_bears_a_network_that_goes_while_it_looks() -> None:
    bare = dataclasses.replace(LAST, name="9.9")
    for _ in range(20):
        with subprocess.Popen(["unshare", "--net", "sleep", "60"]) as network:
            own = Path("/proc/self/ns/net").readlink()
            while Path(f"/proc/{network.pid}/ns/net").readlink() == own:
                time.sleep(0.005)
            processes.plug(bare, network.pid)
            # As if it were another's: it is looked at and left, again and again, until the kernel took it down.
            run("ip", "link", "set", bare.link, "address", "02:00:00:00:00:01")
            processes.unplug(bare)
            assert processes.cable(bare).exists()
            network.kill()
        until = time.monotonic() + 30
        while processes.cable(bare).exists():
            processes.unplug(bare)
            assert time.monotonic() < until


def part(name: str) -> int:
    """The process of a part of the cluster, once it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for pid in processes.marked(LAST):
            if reads(Path(f"/proc/{pid}/cmdline"), f"/kube\0{name}\0"):
                return pid
        time.sleep(0.02)
    raise AssertionError(f"no {name} after a minute")


def test_a_part_that_ends_before_it_was_named_is_still_heard_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").mkdir()
    monkeypatch.setattr(inside, "INSIDE", tmp_path)
    started = inside.Node(LAST)

    def say(text: str) -> None:
        (pid,) = started.parts
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    monkeypatch.setattr(started, "say", say)
    started.start("kubelet", "true")
    ((pid, (_, part)),) = started.parts.items()
    assert os.waitpid(pid, os.WNOHANG) == (pid, 0)
    part.returncode = 0


def test_up_succeeds_after_one_that_was_killed_though_its_kubelet_gives_up_and_down_leaves_nothing() -> None:
    rig.down(LAST.name, purge=True)
    before = traces()
    killed_up(4.0)
    with ThreadPoolExecutor() as beside:
        coming = beside.submit(rig.up, LAST.name)
        os.kill(part("kubelet"), signal.SIGKILL)
        cluster = coming.result()
    assert "kubelet ended with -9, and is tried again" in control.logs(LAST.name)
    assert cluster.dry_run(WORKFLOW) is None
    assert rig.up(LAST.name) == cluster
    os.kill(processes.first(LAST) or 0, signal.SIGKILL)
    while processes.cable(LAST).exists():
        time.sleep(0.05)
    asked = subprocess.run(["ip", "route", "get", LAST.address], capture_output=True, text=True, check=False)
    assert "Invalid argument" in asked.stderr, f"what is said to a cluster that ended goes elsewhere: {asked.stdout}"
    rig.down(LAST.name)
    assert traces() == {**before, "state": sorted(KEPT)}
    assert rig.status()[LAST.name] == "down"
