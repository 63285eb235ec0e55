"""What a run on Argo meets when the way to it is bad: never a second run, and a word for what cannot be done."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.engines.argo.driver import Driver
from tests.engines.faults import Fault, Front, in_front_of

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends.argo.remote import submit as argo
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, RunState

VERSION = "4.0"
WORKFLOWS = "/workflows"
SPEC = (
    "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: bad-way}\n"
    "steps: {s: {image: 'python:3.11-slim', run: ['true']}}\n"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pipeline, tuple[EmittedFile, ...]]:
    path = tmp_path_factory.mktemp("bad_way") / "pipeline.yaml"
    path.write_text(SPEC)
    pipeline = load(path)
    return pipeline, compiled(pipeline, f"argo@{VERSION}").files


@contextmanager
def behind(driver: Driver, folder: Path, *faults: Fault) -> Generator[tuple[Front, Access]]:
    client = driver.cluster.client
    with in_front_of(client.address, faults, client.context) as front:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "front",
            "clusters": [{"name": "front", "cluster": {"server": front.url}}],
            "contexts": [{"name": "front", "context": {"cluster": "front", "user": "front"}}],
            "users": [{"name": "front", "user": {}}],
        }
        (folder / "config").write_text(yaml.safe_dump(config))
        access = driver.access
        yield front, replace(access, environ={**access.environ, "KUBECONFIG": str(folder / "config")}, answer_within=3)


def workflows(driver: Driver, run: uuid.UUID) -> list[str]:
    space = driver.cluster.namespace
    _, found = driver.cluster.request("GET", f"/apis/argoproj.io/v1alpha1/namespaces/{space}/workflows")
    return [each["metadata"]["name"] for each in found["items"] if str(run) in each["metadata"]["name"]]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", WORKFLOWS, 429, times=2),
        Fault("POST", WORKFLOWS, 503, times=2),
        Fault("POST", WORKFLOWS, 500, passed_on=True),
        Fault("POST", WORKFLOWS),
        Fault("POST", WORKFLOWS, passed_on=True),
        Fault("POST", WORKFLOWS, after=6.0),
        Fault("POST", "/configmaps", 503, times=2),
        Fault("GET", "/workflowtemplates", 504),
        Fault("PATCH", WORKFLOWS, passed_on=True),
        Fault("PATCH", WORKFLOWS, 200),  # Argo does not hear that it is to start
    ],
    ids=str,
)
def test_it_starts_one_run_in_spite_of(
    fault: Fault, drivers: dict[str, Driver], made: tuple[Pipeline, tuple[EmittedFile, ...]], tmp_path: Path
) -> None:
    driver, run = drivers[VERSION], uuid.uuid4()
    with behind(driver, tmp_path, fault) as (front, access):
        handle = argo.submit(*made, run, {}, access)
        woken = driver.cluster.workflow(handle.native["workflow"])
        again = argo.submit(*made, run, {}, access)
        assert front.count(fault.method, fault.path) > 1, "it was asked again"
    assert (again.known, again.native["workflow"]) == (True, handle.native["workflow"])
    assert workflows(driver, run) == [handle.native["workflow"]]
    assert not woken["spec"].get("suspend"), "it was woken, at once"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("POST", WORKFLOWS, 401, times=99), r"PG521: .* does not accept who you are \(401\)"),
        (Fault("POST", WORKFLOWS, 403, times=99), r"PG521: .* does not let you create .*\(403\)"),
        (Fault("POST", WORKFLOWS, 422, times=99), "PG523: .* refuses to create"),
        (Fault("POST", WORKFLOWS, 503, times=99), r"PG524: .* cannot create .* now \(503\)"),
        (Fault("POST", WORKFLOWS, times=99), "PG520: nothing answers"),
    ],
    ids=str,
)
def test_it_says_what_is_wrong_with(
    fault: Fault,
    message: str,
    drivers: dict[str, Driver],
    made: tuple[Pipeline, tuple[EmittedFile, ...]],
    tmp_path: Path,
) -> None:
    run = uuid.uuid4()
    with behind(drivers[VERSION], tmp_path, fault) as (_, access):
        with pytest.raises(SpecRejected, match=message):
            argo.submit(*made, run, {}, access)
        assert workflows(drivers[VERSION], run) == []


def test_it_says_that_a_run_was_deleted_meanwhile(
    drivers: dict[str, Driver], made: tuple[Pipeline, tuple[EmittedFile, ...]]
) -> None:
    driver, run = drivers[VERSION], uuid.uuid4()
    handle = argo.submit(*made, run, {}, driver.access)
    space, name = driver.cluster.namespace, handle.native["workflow"]
    driver.cluster.client.call("DELETE", f"/apis/argoproj.io/v1alpha1/namespaces/{space}/workflows/{name}")
    assert argo.status(handle, driver.access).state is RunState.GONE
    assert argo.collect(handle, driver.access).logs == ()


def test_it_says_that_no_cluster_is_there(
    made: tuple[Pipeline, tuple[EmittedFile, ...]], drivers: dict[str, Driver], tmp_path: Path
) -> None:
    access = drivers[VERSION].access
    gone = replace(access, environ={**access.environ, "KUBECONFIG": str(tmp_path / "none")})
    with pytest.raises(SpecRejected, match="PG520: no Kubernetes configuration can be read"):
        argo.submit(*made, uuid.uuid4(), {}, gone)
