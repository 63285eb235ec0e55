"""What suites submit to servers that only record: one small pipeline, and the definition that is made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeglot.driver.loading import load
from pipeglot.ir import Pipeline
from pipeglot_backends.remote import responses

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: churn}
params:
  text: {type: string, default: plain}
  secret: {type: string, sensitive: true}
  rows: {type: int, default: 7}
  tags: {type: list, default: []}
steps:
  a: {image: python, run: [echo, "${{ params.text }}"]}
"""
UNATTENDED = SPEC.replace("  secret: {type: string, sensitive: true}\n", "")
"""Without what nobody gives to a run that starts by itself."""
DOCUMENT = {
    "schemaVersion": "2.1.0",
    "sdkVersion": "pipeglot",
    "pipelineInfo": {"name": "churn"},
    "components": {"comp-a": {"executorLabel": "exec-a"}},
    "deploymentSpec": {"executors": {"exec-a": {"container": {"image": "python", "command": ["true"]}}}},
    "root": {"dag": {"tasks": {"a": {"taskInfo": {"name": "a"}, "componentRef": {"name": "comp-a"}}}}},
}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "PAUSE", 0.01)


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[[str], Pipeline]:
    def load_text(text: str) -> Pipeline:
        path = tmp_path / "pipeline.yaml"
        path.write_text(text, "utf-8")
        return load(path)

    return load_text
