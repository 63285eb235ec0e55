"""The schema that `pipeglot schema` writes, in the engine of real editors: what it offers, and what it marks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines.editor.server import Editor, available, editor

TEXT = """\
# yaml-language-server: $schema=SCHEMA
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: shown}
steps:
  a:
    run: echo
    retryy: {limit: 1}
profiles:
  prod:
    target: argo
    argo:
      namespaces: ml
      HERE
  dev:
    argo: {}
""".replace("HERE", "")


@pytest.fixture(scope="module")
def at_work() -> Iterator[Editor]:
    if reason := available():
        pytest.skip(reason)
    with editor() as it:
        yield it


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edited")
    command = [sys.executable, "-m", "pipeglot", "schema"]
    schema = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (folder / "pipeline.schema.json").write_text(schema, "utf-8")
    path = folder / "pipeline.yaml"
    path.write_text(TEXT.replace("SCHEMA", "pipeline.schema.json"), "utf-8")
    return path


def test_it_marks_a_wrong_field_and_a_wrong_setting(at_work: Editor, pipeline: Path) -> None:
    marked = {each["range"]["start"]["line"]: each["message"] for each in at_work.opened(pipeline)}
    lines = TEXT.splitlines()
    assert {lines[line].strip() for line in marked} == {"retryy: {limit: 1}", "namespaces: ml"}
    assert marked[lines.index("      namespaces: ml")] == "Property namespaces is not allowed."


def test_it_offers_the_settings_of_a_target_and_says_what_they_are(at_work: Editor, pipeline: Path) -> None:
    at_work.opened(pipeline)
    offered = {each["label"]: each for each in at_work.completed(pipeline, TEXT.splitlines().index("      "), 6)}
    assert {"namespace", "service_account", "server", "context"} <= set(offered)
    assert "ARGO_NAMESPACE" in offered["namespace"]["documentation"]
    assert offered["namespace"]["insertText"].startswith("namespace: ")


def test_it_offers_the_fields_of_a_step(at_work: Editor, pipeline: Path) -> None:
    at_work.opened(pipeline)
    offered = {each["label"] for each in at_work.completed(pipeline, 6, 4)}
    assert {"foreach", "needs", "outputs", "retry", "timeout"} <= offered
