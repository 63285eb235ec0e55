"""A Kubeflow Pipelines that records what it is asked, and a pipeline to submit to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml
from tests.engines.kubeflow_submit.server import TOKEN, Kubeflow, kubeflow
from tests.engines.submitting import DOCUMENT, SPEC
from tests.engines.submitting import hurried as hurried
from tests.engines.submitting import loaded as loaded

from pipeglot.ir import Json, Pipeline
from pipeglot_backends.kubeflow.remote import submit as target
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Handle


@dataclass(frozen=True)
class Submitted:
    """A pipeline, and the way to the engine."""

    server: Kubeflow
    pipeline: Pipeline
    access: Access
    document: str = yaml.safe_dump(DOCUMENT)

    def submit(self, run: uuid.UUID | None = None, **params: Json) -> Handle:
        files = [EmittedFile("pipeline.yaml", self.document)]
        return target.submit(self.pipeline, files, run or uuid.uuid4(), params, self.access)

    def by(self, url: str | None = None, environ: Mapping[str, str] | None = None, **settings: Json) -> Submitted:
        """The same by another way."""
        access = self.access
        told = {**access.settings, **settings, **({"host": url} if url else {})}
        return replace(
            self, access=replace(access, settings=told, environ=access.environ if environ is None else environ)
        )


@pytest.fixture
def server() -> Iterator[Kubeflow]:
    with kubeflow() as state:
        yield state
    assert state.faults == [], "every request and answer is as Kubeflow defines it"


@pytest.fixture
def submitted(server: Kubeflow, loaded: Callable[[str], Pipeline], tmp_path: Path) -> Submitted:
    environ = {"KFP_EXISTING_TOKEN": TOKEN}
    access = Access({"host": server.url}, environ, folder=tmp_path / "collected", answer_within=2.0)
    return Submitted(server, loaded(SPEC), access)
