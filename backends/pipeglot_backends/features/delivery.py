"""By what the sidecar comes: as a profile asks, `sidecar: {deliver: …}`, and as `pipeglot plan` says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.protocol import Limit

INLINE = "in the definition, with each step"
CONFIG_MAP = "by the ConfigMap in `sidecar.yaml`, beside that of the step table, and every pod mounts both"
TASK = "by a first task, which hands it on to the others as an artifact"
IMPORTER = "by an importer, which takes it from beside the artifacts"
IMAGE = "in the images: each must hold `sidecar.py`, which is among the files, as `/pipeglot/sidecar.py`"


def asked(pipeline: Pipeline, *ways: str) -> Iterator[Origin]:
    """Where the profile asks for one of these ways."""
    if pipeline.deliver in ways:
        yield pipeline.profile_origin or pipeline.origin


def as_with_auto(pipeline: Pipeline, *ways: str) -> Pipeline:
    """For targets that have none of these ways."""
    return replace(pipeline, deliver=None) if pipeline.deliver in ways else pipeline


def python_of_another_image(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: the sidecar's Python comes from an image of its own."""
    if pipeline.python:
        yield pipeline.profile_origin or pipeline.origin


def python_in_each_image(evidence: str) -> Limit:
    """For `CANNOT` of the targets whose tasks are one container each."""
    reason = "a task is one container, and a definition has no word for one before it: each image must hold python3"
    return Limit(python_of_another_image, reason, evidence)


def other_than(pipeline: Pipeline, *ways: str) -> Iterator[Origin]:
    """Where the profile asks for any way but these."""
    if pipeline.deliver not in (None, *ways):
        yield pipeline.profile_origin or pipeline.origin


def sidecar_without_config_map(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: any way but that of targets that mount a ConfigMap in every pod."""
    return other_than(pipeline, "configmap")
