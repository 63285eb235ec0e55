"""A Vertex AI that records what it is asked, and a pipeline to submit to it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engines.vertex_submit.server import Vertex, vertex

from pipeglot.ir import Json, Pipeline
from pipeglot.loading import load
from pipeglot_backends import answers
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.submission import Access, Handle
from pipeglot_backends.vertex import submit as target
from pipeglot_backends.vertex.connection import ENDPOINT

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: churn}
params:
  text: {type: string, default: plain}
  secret: {type: string, default: hush, sensitive: true}
  rows: {type: int, default: 7}
  tags: {type: list, default: []}
steps:
  a: {image: python, run: [echo, "${{ params.text }}"]}
"""
DOCUMENT = {
    "schemaVersion": "2.1.0",
    "sdkVersion": "pipeglot",
    "pipelineInfo": {"name": "churn"},
    "components": {"comp-a": {"executorLabel": "exec-a"}},
    "deploymentSpec": {"executors": {"exec-a": {"container": {"image": "python", "command": ["true"]}}}},
    "root": {"dag": {"tasks": {"a": {"taskInfo": {"name": "a"}, "componentRef": {"name": "comp-a"}}}}},
}


@dataclass(frozen=True)
class Submitted:
    """A pipeline, and the way to the engine."""

    server: Vertex
    pipeline: Pipeline
    access: Access
    files: tuple[EmittedFile, ...] = (EmittedFile("pipeline.json", json.dumps(DOCUMENT)),)

    def submit(self, run: uuid.UUID | None = None, **params: Json) -> Handle:
        return target.submit(self.pipeline, self.files, run or uuid.uuid4(), params, self.access)

    def by(self, url: str | None = None, **settings: Json) -> Submitted:
        """The same by another way."""
        environ = {**self.access.environ, **({ENDPOINT: url} if url else {})}
        told = {**self.access.settings, **settings}
        return replace(self, access=replace(self.access, settings=told, environ=environ))


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "PAUSE", 0.01)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vertex]:
    with vertex() as state:
        (tmp_path / "subject").write_text("who I am")
        told = {
            "type": "external_account",
            "audience": "//iam.googleapis.com/locations/global/workforcePools/p/providers/q",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{state.url}/token",
            "credential_source": {"file": str(tmp_path / "subject")},
        }
        (tmp_path / "credentials.json").write_text(json.dumps(told))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "credentials.json"))
        monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
        yield state
    assert state.faults == [], "every request and answer is as Vertex AI defines it"


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[[str], Pipeline]:
    def load_text(text: str) -> Pipeline:
        path = tmp_path / "pipeline.yaml"
        path.write_text(text, "utf-8")
        return load(path)

    return load_text


@pytest.fixture
def submitted(server: Vertex, loaded: Callable[[str], Pipeline], tmp_path: Path) -> Submitted:
    settings = {"project": "acme", "region": "europe-west4", "bucket": "gs://acme-ml/runs"}
    environ = {ENDPOINT: f"{server.url}/", "STORAGE_EMULATOR_HOST": server.url}
    access = Access(settings, environ, folder=tmp_path / "collected", answer_within=2.0)
    return Submitted(server, loaded(SPEC), access)
