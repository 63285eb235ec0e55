"""A Kubeflow Pipelines that records what it is asked, and a pipeline to submit to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engines.kubeflow_submit.server import TOKEN, Kubeflow, kubeflow

from pipeglot.ir import Json, Pipeline
from pipeglot.loading import load
from pipeglot_backends import answers
from pipeglot_backends.kubeflow import submit as target
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.submission import Access, Handle

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
DOCUMENT = """
schemaVersion: 2.1.0
sdkVersion: pipeglot
pipelineInfo: {name: churn}
components: {comp-a: {executorLabel: exec-a}}
deploymentSpec: {executors: {exec-a: {container: {image: python, command: ['true']}}}}
root: {dag: {tasks: {a: {taskInfo: {name: a}, componentRef: {name: comp-a}}}}}
"""


@dataclass(frozen=True)
class Submitted:
    """A pipeline, and the way to the engine."""

    server: Kubeflow
    pipeline: Pipeline
    access: Access
    document: str = DOCUMENT

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


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "PAUSE", 0.01)


@pytest.fixture
def server() -> Iterator[Kubeflow]:
    with kubeflow() as state:
        yield state
    assert state.faults == [], "every request and answer is as Kubeflow defines it"


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[[str], Pipeline]:
    def load_text(text: str) -> Pipeline:
        path = tmp_path / "pipeline.yaml"
        path.write_text(text, "utf-8")
        return load(path)

    return load_text


@pytest.fixture
def submitted(server: Kubeflow, loaded: Callable[[str], Pipeline], tmp_path: Path) -> Submitted:
    environ = {"KFP_EXISTING_TOKEN": TOKEN}
    access = Access({"host": server.url}, environ, folder=tmp_path / "collected", answer_within=2.0)
    return Submitted(server, loaded(SPEC), access)
