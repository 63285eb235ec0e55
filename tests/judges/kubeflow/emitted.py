"""What the targets emit of every case, every example and some pipelines more, and which of these they refuse."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from tests.conformance.cases import CASES
from tests.examples.everywhere import NAMES, path_of, profile_of

from pipeglot.driver.compiling import compiled, find_target, load, refusals
from pipeglot.ir import Pipeline, Secret

ROOT = Path(__file__).resolve().parents[3]
MADE = sorted(Path(__file__).parent.glob("pipelines/*.yaml"))
FILES = {
    **{case.name: case.pipeline for case in CASES},
    **{name: path_of(name) for name in NAMES},
    **{path.stem: path for path in MADE},
}
SOURCES = tuple(FILES)
ALLOWED = ("PG401",)
DOCUMENT = {"kubeflow": "pipeline.yaml", "vertex": "pipeline.json"}


@dataclass(frozen=True)
class Emitted:
    """One pipeline and what a target makes of it, by file name; of what it refuses, as if that had been allowed."""

    pipeline: Pipeline
    texts: Mapping[str, str] = field(repr=False)
    refused: tuple[str, ...] = ()

    def document(self, target: str) -> str:
        return self.texts[DOCUMENT[target.partition("@")[0]]]

    def spec(self, target: str) -> Any:
        """The first document, as a reader of YAML has it."""
        return next(yaml.load_all(self.document(target), getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def source(name: str, target: str) -> Pipeline:
    """With what no text can say yet, or a profile would: secrets, the label of GPUs, a bucket on Vertex."""
    case = next((case for case in CASES if case.name == name), None)
    of_example = profile_of(name, target) if name in NAMES else None
    pipeline = load(FILES[name], case.profiles.get(target) if case else of_example)
    if target == "vertex":
        return replace(pipeline, artifacts="gs://churn/artifacts")
    if name != "heavy":
        return pipeline
    first, *others = pipeline.steps
    secret = replace(first, env={**first.env, "TOKEN": Secret("acme-api", "to.ken")})
    return replace(pipeline, steps=(secret, *others), settings={"kubeflow": {"gpu_label": "acme/gpu"}})


@functools.cache
def emit(name: str, target: str) -> Emitted:
    """`target` with a version, or without."""
    pipeline = source(name, target.partition("@")[0])
    refused = tuple(each.message for each in refusals(pipeline, *find_target(target)))
    native = compiled(pipeline, target, ALLOWED).native
    return Emitted(pipeline, {file.path: file.text for file in native}, refused)


def versions(target: str) -> tuple[str, ...]:
    return find_target(target)[0].VERSIONS
