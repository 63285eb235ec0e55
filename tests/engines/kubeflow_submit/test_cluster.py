"""The ConfigMap with the sidecar, brought to the cluster by whoever may."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from pipeglot_backends.kubeflow.cluster import config_map
from pipeglot_backends.submission import Access

TEXT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: churn-pipeglot-1f}\ndata: {steps.json: '{}'}\n"


class Cluster(ThreadingHTTPServer):
    """Answers with `status`; keeps what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status = 201
        self.told: list[tuple[str, object]] = []


class Answering(BaseHTTPRequestHandler):
    server: Cluster

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.told.append((self.path, body))
        text = json.dumps(
            body if self.server.status == 201 else {"kind": "Status", "code": self.server.status}
        ).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


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
@pytest.mark.parametrize("status", [201, 409])
def test_it_is_brought(status: int, namespace: str | None, there: str, cluster: Cluster, tmp_path: Path) -> None:
    cluster.status = status
    assert applied(f"http://127.0.0.1:{cluster.server_port}", tmp_path, namespace) == []
    ((path, body),) = cluster.told
    assert (path, body) == (f"/api/v1/namespaces/{there}/configmaps", yaml.safe_load(TEXT))


def test_it_says_what_to_do_where_one_may_not(cluster: Cluster, tmp_path: Path) -> None:
    cluster.status = 403
    assert applied(f"http://127.0.0.1:{cluster.server_port}", tmp_path, "ml") == [
        "steps wait for the ConfigMap of `configmap.yaml` (the cluster says 403 Forbidden): "
        "`kubectl apply -n ml -f` it once"
    ]


def test_it_says_what_to_do_where_no_cluster_answers(tmp_path: Path) -> None:
    (said,) = applied("http://127.0.0.1:1", tmp_path, None)
    assert "(the cluster does not answer: MaxRetryError)" in said
