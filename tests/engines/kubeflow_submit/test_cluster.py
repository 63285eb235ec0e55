"""The ConfigMap with the sidecar, brought to the cluster by whoever may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from tests.engines.answering import Refusal, Request, answering

from pipeglot_backends.kubeflow.remote.config_map import config_map
from pipeglot_backends.remote.protocol import Access

TEXT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: churn-pipeglot-1f}\ndata: {steps.json: '{}'}\n"


@dataclass
class Cluster:
    """Keeps what it is told; refuses where it has a `refusal`."""

    url: str = ""
    refusal: int | None = None
    told: list[tuple[str, object]] = field(default_factory=list)

    def answer(self, request: Request) -> object:
        self.told.append((request.target, json.loads(request.body)))
        if self.refusal:
            raise Refusal(self.refusal, "as told")
        return self.told[-1][1]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    state = Cluster()
    with answering(state.answer, lambda refusal: {"kind": "Status", "code": refusal.status}) as state.url:
        yield state


def applied(url: str, folder: Path, namespace: str | None) -> list[str]:
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "it",
        "clusters": [{"name": "it", "cluster": {"server": url}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "users": [{"name": "it", "user": {}}],
    }  # fmt: skip
    (folder / "config").write_text(yaml.safe_dump(config))
    said: list[str] = []
    config_map(TEXT, namespace, Access({}, {"KUBECONFIG": str(folder / "config")}, said.append, answer_within=2.0))
    return said


@pytest.mark.parametrize(("namespace", "there"), [(None, "kubeflow"), ("ml", "ml")])
@pytest.mark.parametrize("refusal", [None, 409])
def test_it_is_brought(
    refusal: int | None, namespace: str | None, there: str, cluster: Cluster, tmp_path: Path
) -> None:
    cluster.refusal = refusal
    assert applied(cluster.url, tmp_path, namespace) == []
    ((path, body),) = cluster.told
    assert (path, body) == (f"/api/v1/namespaces/{there}/configmaps", yaml.safe_load(TEXT))


def test_it_says_what_to_do_where_one_may_not(cluster: Cluster, tmp_path: Path) -> None:
    cluster.refusal = 403
    assert applied(cluster.url, tmp_path, "ml") == [
        "steps wait for the ConfigMaps in `kubernetes/` (the cluster says 403 Forbidden): "
        "`kubectl apply -n ml -f` them once"
    ]


def test_it_says_what_to_do_where_no_cluster_answers(tmp_path: Path) -> None:
    (said,) = applied("http://127.0.0.1:1", tmp_path, None)
    assert "(the cluster does not answer: MaxRetryError)" in said
