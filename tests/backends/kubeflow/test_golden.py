"""The definitions of small pipelines, as they were last read by a person. `PIPEGLOT_GOLDEN=1` writes them anew.

What is packed is left out, for the sidecar changes with each of its modules, and so are hashes.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conformance.cases import CASES

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline, Secret

EXPECTED = Path(__file__).parent / "expected"
ROOT = Path(__file__).parents[3]
PIPELINES = {case.name: case.pipeline for case in CASES} | {
    "hello": ROOT / "examples/hello/pipeline.yaml",
    "placed": Path(__file__).parent / "pipelines/placed.yaml",
    "exits": Path(__file__).parent / "pipelines/exits.yaml",
}
WRITTEN = [
    ("chain_values", "2.17"),
    ("exits", "2.17"),
    ("fan_in_artifacts", "2.14"),
    ("fan_out_empty", "2.17"),
    ("hello", "2.17"),
    ("placed", "2.17"),
    ("retry_exhausted", "2.14"),
]
HASH = re.compile("sha256:[0-9a-f]{64}")
PACKED = re.compile(r'LRx4!F\+o`-Q[^"\n]{60,}')


def text_of(name: str, version: str) -> str:
    pipeline = placed() if name == "placed" else load(PIPELINES[name])
    files = compiled(pipeline, f"kubeflow@{version}").native
    text = next(file.text for file in files if file.path == "pipeline.yaml")
    return HASH.sub("sha256:(hash)", PACKED.sub("(packed)", text))


def placed() -> Pipeline:
    """With secrets, for which there is no text yet."""
    pipeline = load(PIPELINES["placed"], "prod")
    token = {"TOKEN": Secret("acme-api", "to.ken")}
    steps = tuple(step if step.id == "heavy" else replace(step, env=token) for step in pipeline.steps)
    return replace(pipeline, steps=steps)


@pytest.mark.parametrize(("name", "version"), WRITTEN)
def test_it_writes_the_definition_that_was_read(name: str, version: str) -> None:
    path = EXPECTED / version / f"{name}.yaml"
    text = text_of(name, version)
    if os.environ.get("PIPEGLOT_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    assert path.read_bytes().decode("utf-8") == text


def test_it_writes_the_same_bytes_again() -> None:
    for name, version in WRITTEN:
        assert text_of(name, version) == text_of(name, version)


def test_it_keeps_no_file_that_nothing_emits() -> None:
    assert set(EXPECTED.rglob("*.yaml")) == {EXPECTED / version / f"{name}.yaml" for name, version in WRITTEN}
