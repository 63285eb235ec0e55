"""What Argo, an Argo Server and Airflow make of each bad way: the clients of all three are beside the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from tests.engines.bad_ways import WAYS
from tests.engines.submitting import SPEC
from tests.engines.told import Engine, check

from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.airflow.remote import listing as airflow_listing
from pipeglot_backends.airflow.remote import submit as airflow
from pipeglot_backends.argo.remote import listing as argo_listing
from pipeglot_backends.argo.remote import submit as argo
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote import responses

GONE = b'{"code": 5, "message": "namespaces \\"default\\" not found"}'
GONE_ON_KUBERNETES = (
    b'{"kind": "Status", "code": 404, "message": "namespaces \\"default\\" not found", "details": {"name": "default"}}'
)
NO_DAG = b'{"detail": "The DAG with ID: `churn` was not found"}'
USER = {"AIRFLOW_USERNAME": "me", "AIRFLOW_PASSWORD": "pass-word"}
WORKFLOW = {"workflow": "churn-1", "namespace": "default", "url": "URL"}
DAG = {"dag": "churn", "run": "pipeglot__1", "url": "URL"}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "PAUSE", 0.01)


@cache
def engine(name: str, folder: Path) -> Engine:
    path = folder / "pipeline.yaml"
    path.write_text(SPEC.replace("image: python,", "image: python, "), "utf-8")
    pipeline = load(path)
    target = name.partition(" ")[0]
    files = [_short(file) for file in compiled(pipeline, target).files]

    def kubernetes(url: str) -> Mapping[str, str]:
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "it",
            "clusters": [{"name": "it", "cluster": {"server": url}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "users": [{"name": "it", "user": {"token": "a-token"}}],
        }  # fmt: skip
        (folder / "config").write_text(yaml.safe_dump(config))
        return {"KUBECONFIG": str(folder / "config")}

    environs = {
        "argo": kubernetes,
        "argo server": lambda url: {"ARGO_SERVER": url, "ARGO_TOKEN": "a-token"},
        "airflow": lambda url: {"AIRFLOW_API_URL": url, "AIRFLOW_API_TOKEN": "a-token"},
        "airflow sign-in": lambda url: {"AIRFLOW_API_URL": url, **USER},
    }
    missing = {"argo": GONE_ON_KUBERNETES, "argo server": GONE}.get(name, NO_DAG)
    submitting, listing, native = {
        "argo": (argo, argo_listing, WORKFLOW),
        "airflow": (airflow, airflow_listing, DAG),
    }[target]
    return Engine(name, submitting, listing, pipeline, files, native, environs[name], missing, {})


def _short(file: EmittedFile) -> EmittedFile:
    """The ConfigMap without the sidecar, which is much to read so often."""
    short = yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "it"}})
    return replace(file, text=short) if file.path == "configmap.yaml" else file


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ways")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["argo", "argo server", "airflow", "airflow sign-in"])
def test_each_command_says_what_is_wrong(name: str, way: str, folder: Path, tmp_path: Path) -> None:
    check(engine(name, folder), way, tmp_path)
