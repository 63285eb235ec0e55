"""Runs through an Argo Server, which is all that some users can reach."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
import yaml
from tests.engines.argo.driver import Driver

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends.argo.remote import server
from pipeglot_backends.argo.remote import submit as argo
from pipeglot_backends.argo.remote.listing import list_runs
from pipeglot_backends.argo.remote.step_logs import read_logs
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Handle, RunState

VERSION = "4.0"
SPEC = (
    "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: served}\n"
    "steps: {s: {image: 'python:3.11-slim', run: [sh, -c, 'echo told; sleep 5']}}\n"
)
Made = tuple[Pipeline, tuple[EmittedFile, ...]]


@pytest.fixture(scope="module")
def made(drivers: dict[str, Driver], tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Compiled, and its ConfigMap brought there by someone who may: an Argo Server cannot."""
    path = tmp_path_factory.mktemp("served") / "pipeline.yaml"
    path.write_text(SPEC)
    pipeline = load(path)
    files = compiled(pipeline, f"argo@{VERSION}").files
    cluster = drivers[VERSION].cluster
    for text in (file.text for file in files if file.path in ("configmap.yaml", "sidecar.yaml")):
        cluster.client.apply(yaml.safe_load(text), cluster.namespace)
    return pipeline, files


@pytest.fixture(scope="module")
def access(drivers: dict[str, Driver]) -> Access:
    cluster = drivers[VERSION].cluster
    url, token = cluster.argo_server()
    given = drivers[VERSION].access
    environ = {name: value for name, value in given.environ.items() if name != "KUBECONFIG"}
    return replace(given, environ={**environ, "ARGO_SERVER": url, "ARGO_TOKEN": token})


def ended(driver: Driver, handle: Handle) -> None:
    driver.cluster.wait(handle.native["workflow"])


def test_it_runs_and_collects(drivers: dict[str, Driver], made: Made, access: Access) -> None:
    run = uuid.uuid4()
    first, second = (argo.submit(*made, run, {}, access) for _ in range(2))
    assert (first.known, second.known) == (False, True)
    ended(drivers[VERSION], first)
    progress = argo.status(first, access)
    assert progress.state is RunState.SUCCEEDED
    assert progress.tasks == (("s", "Succeeded"),)
    assert [each.text for each in read_logs(first, "s", access).logs] == ["told\n"]
    collected = argo.collect(first, access)
    assert [b'"event":"end"' in log.read_bytes() for log in collected.logs] == [True]


def test_it_lists_page_by_page(made: Made, access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = [argo.submit(*made, uuid.uuid4(), {}, access) for _ in range(2)]
    monkeypatch.setattr(server, "PAGE", 1)
    found = {each.run: each.native for each in list_runs(made[0], access, 100)}
    assert [found[handle.run] for handle in handles] == [handle.native for handle in handles]


def test_it_cancels(drivers: dict[str, Driver], made: Made, access: Access) -> None:
    handle = argo.submit(*made, uuid.uuid4(), {}, access)
    drivers[VERSION].running_pod(handle.native["workflow"], "s")
    argo.cancel(handle, access)
    ended(drivers[VERSION], handle)
    assert argo.status(handle, access).state is RunState.CANCELLED


def test_it_knows_no_run_that_is_gone(access: Access) -> None:
    handle = Handle(uuid.uuid4(), {"workflow": "never-was", "namespace": "pipeglot"})
    assert argo.status(handle, access).state is RunState.GONE


@pytest.mark.parametrize("token", ["", "wrong"])
def test_it_says_that_the_token_is_wrong(token: str, made: Made, access: Access) -> None:
    with pytest.raises(SpecRejected, match="PG521: "):
        argo.submit(*made, uuid.uuid4(), {}, replace(access, environ={**access.environ, "ARGO_TOKEN": token}))


def test_it_says_that_no_server_answers(made: Made, access: Access) -> None:
    away = replace(access, environ={**access.environ, "ARGO_SERVER": "http://127.0.0.1:1"})
    with pytest.raises(SpecRejected, match=r"PG520: nothing answers at http://127\.0\.0\.1:1"):
        argo.submit(*made, uuid.uuid4(), {}, away)
