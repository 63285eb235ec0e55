"""Every example on every target that comes with pipeglot, in every version, with every operator."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.examples.records import EXAMPLES

from pipeglot.driver.compiling import find_target, load
from pipeglot.driver.loading import profiles_of
from pipeglot.ir import Pipeline
from pipeglot_backends.protocol import operator_of
from pipeglot_backends.targets import BUILT_IN

NAMES = tuple(path.parent.name for path in sorted(EXAMPLES.glob("*/pipeline.yaml")))


@dataclass(frozen=True, slots=True)
class Place:
    example: str
    target: str
    version: str
    operator: str

    def __str__(self) -> str:
        """As it is told: `hello on kubeflow@2.17`."""
        return f"{self.example} on {self.target}@{self.version}" + (f" {self.operator}" if self.operator else "")

    @property
    def pipeline(self) -> Pipeline:
        """With the profile that says what this target needs, if the example has one."""
        profile = profile_of(self.example, self.target, self.operator)
        return loaded(self.example, profile)


def places() -> Iterator[Place]:
    for example in NAMES:
        for target in BUILT_IN:
            backend, _ = find_target(target)
            for version in backend.VERSIONS:
                for operator in backend.OPERATORS or ("",):
                    yield Place(example, target, version, operator)


@functools.cache
def loaded(example: str, profile: str | None) -> Pipeline:
    return load(path_of(example), profile)


@functools.cache
def profile_of(example: str, target: str, operator: str = "") -> str | None:
    """The first of the example's profiles that is for this target, with this operator where it has several."""
    backend, _ = find_target(target)
    for name in profiles_of(path_of(example)):
        pipeline = loaded(example, name)
        named = (pipeline.target or "").partition("@")[0]
        if named == target and operator_of(pipeline, backend) == (operator or operator_of(pipeline, backend)):
            return name
    return None


def path_of(example: str) -> Path:
    return EXAMPLES / example / "pipeline.yaml"
