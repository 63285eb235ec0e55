"""A Vertex AI that records what it is asked, and a pipeline to submit to it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engines.submitting import DOCUMENT, SPEC
from tests.engines.submitting import hurried as hurried
from tests.engines.submitting import loaded as loaded
from tests.engines.vertex_submit.server import Vertex, vertex

from pipeglot.ir import Json, Pipeline
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Handle
from pipeglot_backends.vertex.remote import submit as target
from pipeglot_backends.vertex.remote.connection import ENDPOINT


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
        """The same by another way; `None` takes a setting away."""
        environ = {**self.access.environ, **({ENDPOINT: url} if url else {})}
        every = {**self.access.settings, **settings}
        told = {name: value for name, value in every.items() if value is not None}
        return replace(self, access=replace(self.access, settings=told, environ=environ))


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
def submitted(server: Vertex, loaded: Callable[[str], Pipeline], tmp_path: Path) -> Submitted:
    settings = {"project": "acme-ml", "region": "europe-west4", "bucket": "gs://acme-ml/runs"}
    environ = {ENDPOINT: f"{server.url}/", "STORAGE_EMULATOR_HOST": server.url}
    access = Access(settings, environ, folder=tmp_path / "collected", answer_within=2.0)
    return Submitted(server, loaded(SPEC), access)
