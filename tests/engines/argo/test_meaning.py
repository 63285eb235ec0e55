"""What the cases do not ask: pipelines whose record is that of the local engine, and what only a cluster can tell."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.conformance.cases import Case, canonical
from tests.engines.argo.driver import Driver, Outcome, Outcomes
from tests.engines.rig import storage
from tests.engines.rig.argo import CREDENTIALS
from tests.engines.rig.images import executor_name
from tests.judges.argo.emitted import SOURCES, emit
from tests.receiver import Receiver

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.argo import RUN
from pipeglot_backends.argo.remote import submit as argo
from pipeglot_backends.remote.protocol import Handle, RunState

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent / "pipelines"
GIVEN = {"sensitive": {"word": "hush"}}
"""Params that have no default, by the pipeline's file."""

PIPELINES = [Case(f"argo_{path.stem}", path, "", GIVEN.get(path.stem, {})) for path in sorted(HERE.glob("*.yaml"))]
PIPELINES.append(Case("hello", ROOT / "examples" / "hello" / "pipeline.yaml", expected=""))
PIPEGLOT = [sys.executable, "-m", "pipeglot"]

PODS = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: pods-of-argo}
steps:
  tell:
    image: "python:3.11-slim"
    env: {TOKEN: {secret: CREDENTIALS, key: accesskey}}
    kubernetes:
      node_selector: {kubernetes.io/os: linux}
      tolerations: [{key: batch, operator: Exists, effect: NoSchedule}]
      image_pull_secrets: [registry]
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]
      security_context: {runAsUser: 1000, runAsGroup: 3000, runAsNonRoot: true, capabilities: {drop: [ALL]}}
      labels: {acme/team: churn}
      annotations: {acme/why: a test}
      volumes:
        - {mount_path: /keys, read_only: true, secret: {secretName: CREDENTIALS}}
        - {mount_path: /scratch, emptyDir: {medium: Memory, sizeLimit: 8Mi}}
    run: |
      printf %s "$TOKEN" > "${{ outputs.token }}"
      cat /keys/secretkey > "${{ outputs.file }}"
      stat -f -c %T /scratch > "${{ outputs.scratch }}"
      id -u > "${{ outputs.user }}"
      id -g > "${{ outputs.group }}"
      sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status > "${{ outputs.rights }}"
      touch /keys/new 2>/dev/null && echo true > "${{ outputs.writable }}" || echo false > "${{ outputs.writable }}"
    outputs:
      token: {type: string}
      file: {type: string}
      scratch: {type: string}
      writable: {type: bool}
      user: {type: int}
      group: {type: int}
      rights: {type: string}
"""

NOTIFIES = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: notifies}
steps:
  bad: {image: "python:3.11-slim", run: [sh, -c, "exit 3"]}
notify:
  webhook: {secret: alerts, key: url}
  message: "${{ run.status }}: ${{ join(run.failed_steps, ', ') }}"
  format: slack
"""

PYTHONLESS = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: pythonless}
params: {words: {type: list, items: string, default: [version, nonsense]}}
defaults: {image: IMAGE}
steps:
  each:
    foreach: {items: "${{ params.words }}"}
    run: [/bin/argoexec, "${{ item }}"]
  after:
    run_if: always
    needs: [each]
    run: [/bin/argoexec, version, --short]
profiles: {p: {sidecar: {python: "python:3.11-slim"}}}
"""
"""Of an image that holds one static program: neither Python nor a shell nor a C library."""

pytestmark = pytest.mark.parametrize("version", RUN)


def local_record(case: Case, folder: Path) -> str:
    (folder / "pipeline.yaml").write_bytes(case.pipeline.read_bytes())
    environ = {name: text for name, text in os.environ.items() if name != "PIPEGLOT_RECORDS"}
    subprocess.run(
        [*PIPEGLOT, "run", "--isolated", *case.arguments()], cwd=folder, env=environ, capture_output=True, check=False
    )
    shown = [*PIPEGLOT, "show", "--format", "normal"]
    return subprocess.run(shown, cwd=folder, env=environ, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("case", PIPELINES, ids=lambda case: case.name)
def test_it_leaves_the_record_of_a_local_run(version: str, case: Case, outcomes: Outcomes, tmp_path: Path) -> None:
    here = json.loads(local_record(case, tmp_path))
    found = outcomes[version, case.name].result()
    assert canonical(json.loads(found.normal)) == canonical(here), f"{found.workflow} {found.tasks}"
    assert found.state == here["run"]


@pytest.mark.parametrize("name", SOURCES)
def test_it_emits_what_a_strict_server_takes(version: str, name: str, drivers: dict[str, Driver]) -> None:
    cluster = drivers[version].cluster
    for text in emit(name, version).texts.values():
        nowhere = re.sub(r"^  namespace: \w+\n", "", text, flags=re.MULTILINE)
        assert replace(cluster, namespace="default").dry_run(nowhere) is None


def test_it_starts_a_run_once(version: str, drivers: dict[str, Driver]) -> None:
    driver, run = drivers[version], uuid.uuid4()
    pipeline = load(HERE / "sensitive.yaml")
    files = compiled(pipeline, f"argo@{version}").files
    first, second = (argo.submit(pipeline, files, run, {"word": "hush"}, driver.access) for _ in range(2))
    assert (first.known, second.known) == (False, True)
    assert first.native == second.native
    done = driver.cluster.wait(first.native["workflow"])
    assert done["status"]["phase"] == "Succeeded"
    argo.cancel(first, driver.access)
    assert argo.status(first, driver.access).state is RunState.SUCCEEDED


@pytest.mark.parametrize("answer", [200, 404])
def test_it_tells_a_webhook_how_the_run_ended(
    version: str, answer: int, drivers: dict[str, Driver], tmp_path: Path
) -> None:
    driver, path = drivers[version], tmp_path / "pipeline.yaml"
    path.write_text(NOTIFIES, "utf-8")
    # the machine's end of the cable to the cluster
    with Receiver([answer], address=f"{driver.cluster.release.subnet}.2").serve() as receiver:
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "alerts"}}
        driver.cluster.client.apply({**secret, "stringData": {"url": receiver.url}}, driver.cluster.namespace)
        found = driver.run(path)
    assert [body for _, _, body in receiver.got] == [b'{"text": "failed: bad"}']
    assert (found.state, json.loads(found.normal)["run"]) == ("failed", "failed")
    assert json.loads(found.normal)["on_exit"]["notify"]["outputs"] == {"delivered": {"value": answer == 200}}


def test_it_gives_a_pod_what_its_step_says(version: str, drivers: dict[str, Driver], tmp_path: Path) -> None:
    driver = drivers[version]
    path = tmp_path / "pipeline.yaml"
    path.write_text(PODS.replace("CREDENTIALS", CREDENTIALS), "utf-8")
    found = driver.run(path)
    made = json.loads(found.normal)["steps"]["tell"]["outputs"]
    assert {name: each["value"] for name, each in made.items()} == {
        "token": storage.ACCESS,
        "file": storage.SECRET,
        "scratch": "tmpfs",
        "writable": False,
        "user": 1000,
        "group": 3000,
        "rights": "0" * 16,
    }
    (pod,) = driver.cluster.pods(f"workflows.argoproj.io/workflow={found.workflow},acme/team=churn")
    assert pod["metadata"]["annotations"]["acme/why"] == "a test"
    assert pod["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert {"key": "batch", "operator": "Exists", "effect": "NoSchedule"} in pod["spec"]["tolerations"]
    assert pod["spec"]["imagePullSecrets"] == [{"name": "registry"}]
    assert list(pod["spec"]["affinity"]) == ["nodeAffinity"]


@pytest.fixture(scope="module")
def bare(drivers: dict[str, Driver], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Outcome]]]:
    """On both versions at once: most of it is waiting."""
    with ThreadPoolExecutor(len(RUN)) as pool:
        begun: dict[str, Future[Outcome]] = {}
        for version in RUN:
            path = tmp_path_factory.mktemp("bare") / "pipeline.yaml"
            image = executor_name(drivers[version].cluster.release)
            path.write_text(PYTHONLESS.replace("IMAGE", f'"{image}"'), "utf-8")
            begun[version] = pool.submit(drivers[version].run, path, profile="p")
        yield begun


def test_it_runs_images_without_python(version: str, bare: dict[str, Future[Outcome]]) -> None:
    told = json.loads(bare[version].result().normal)
    items = told["steps"]["each"]["items"]
    assert [each["attempts"] for each in items] == [[{"exit_code": 0}], [{"exit_code": 64, "reason": "exit-code"}]]
    assert told["steps"]["after"]["attempts"] == [{"exit_code": 0}]
    assert told["run"] == "failed"


def test_it_runs_what_was_delivered_last(version: str, drivers: dict[str, Driver], tmp_path: Path) -> None:
    driver = drivers[version]
    for text in ("one", "two"):
        path = tmp_path / "pipeline.yaml"
        path.write_text(
            "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: delivered}\n"
            f"steps: {{s: {{image: 'python:3.11-slim', run: [echo, {text}]}}}}\n"
        )
        pipeline = load(path)
        files = compiled(pipeline, f"argo@{version}").files
        handle = argo.submit(pipeline, files, uuid.uuid4(), {}, driver.access)
        wanted = next(file.text for file in files if file.path == "configmap.yaml")
        used = driver.cluster.workflow(handle.native["workflow"])["status"]["storedWorkflowTemplateSpec"]["volumes"]
        assert f"name: {used[0]['projected']['sources'][1]['configMap']['name']}\n" in wanted


@pytest.fixture(scope="module")
def by_hand(drivers: dict[str, Driver]) -> dict[str, str]:
    """The workflows, on both versions at once: most of them is waiting."""
    for version in RUN:
        cluster, made = drivers[version].cluster, emit("hello", version)
        template = made.texts["workflowtemplate.yaml"].replace("name: hello\n", "name: hello-by-hand\n")
        for held in ("configmap.yaml", "sidecar.yaml"):
            cluster.client.apply(yaml.safe_load(made.texts[held]), cluster.namespace)
        cluster.client.apply(yaml.safe_load(template), cluster.namespace)
    time.sleep(2)  # as long as it takes to type the next command: Argo has not seen the template at once
    workflows = {version: emit("hello", version).texts["workflow.yaml"] for version in RUN}
    return {
        version: drivers[version].cluster.submit(text.replace("name: hello\n", "name: hello-by-hand\n"))
        for version, text in workflows.items()
    }


def test_it_runs_from_manifests_alone(version: str, drivers: dict[str, Driver], by_hand: dict[str, str]) -> None:
    done = drivers[version].cluster.wait(by_hand[version], 300)
    assert done["status"]["phase"] == "Succeeded"
    assert "pipeglot/definition" in done["metadata"]["annotations"]


def test_it_runs_a_step_again_whose_pod_is_gone(version: str, drivers: dict[str, Driver], tmp_path: Path) -> None:
    """Argo makes such a pod anew, as the same try: no `retry` is asked for."""
    driver = drivers[version]
    path = tmp_path / "pipeline.yaml"
    path.write_text(
        "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: gone}\n"
        "steps: {s: {image: 'python:3.11-slim', run: [sleep, '10']}}\n"
    )
    pipeline = load(path)
    files = compiled(pipeline, f"argo@{version}").files
    name = argo.submit(pipeline, files, uuid.uuid4(), {}, driver.access).native["workflow"]
    pod = f"/api/v1/namespaces/{driver.cluster.namespace}/pods/{driver.running_pod(name, 's')}"
    # with its grace left to it, the pod may still say that it failed
    _, first = driver.cluster.request("GET", pod)
    status, answer = driver.cluster.request("DELETE", f"{pod}?gracePeriodSeconds=0")
    assert status == 200, answer
    assert driver.cluster.wait(name)["status"]["phase"] == "Succeeded"
    _, second = driver.cluster.request("GET", pod)
    assert second["metadata"]["uid"] != first["metadata"]["uid"]


def test_it_knows_no_run_that_is_gone(version: str, drivers: dict[str, Driver]) -> None:
    access = drivers[version].access
    handle = Handle(uuid.uuid4(), {"workflow": "never-was", "namespace": drivers[version].cluster.namespace})
    assert argo.status(handle, access).state is RunState.GONE
    assert argo.collect(handle, access).state is RunState.GONE
    with pytest.raises(SpecRejected) as rejected:
        argo.cancel(handle, access)
    assert [each.code for each in rejected.value.diagnostics] == ["PG522"]
