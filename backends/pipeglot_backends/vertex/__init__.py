"""Vertex AI Pipelines: Kubeflow's PipelineSpec as one JSON document, with what Google Cloud calls machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import cast

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.features import delivery as deliveries
from pipeglot_backends.kubeflow.emit.delivery import FILE, IN_IMAGE, INLINE_LIMIT, Delivery, inline
from pipeglot_backends.kubeflow.emit.document import documents
from pipeglot_backends.kubeflow.emit.sidecar_task import SidecarTask
from pipeglot_backends.kubeflow.emit.sizes import too_long_inline, with_room_for_code
from pipeglot_backends.kubeflow.emit.tasks import Graph
from pipeglot_backends.kubeflow.failures import carrying_failures, tasks_of
from pipeglot_backends.protocol import EmittedFile, Options
from pipeglot_backends.vertex.emit import importer, sizes
from pipeglot_backends.vertex.emit.accelerators import name_of
from pipeglot_backends.vertex.emit.quantities import both
from pipeglot_backends.vertex.limits import CANNOT, EMULATES
from pipeglot_backends.vertex.settings import read as check_settings

NAME = "vertex"
VERSIONS = ("2.1",)
"""Of the schema of the PipelineSpec."""
RUN: tuple[str, ...] = ()
OPERATORS: tuple[str, ...] = ()
SCHEDULES = True
REMOTE = "pipeglot_backends.vertex.remote"
PATCHES = "pipeglot_backends.vertex.patches"
DOCUMENT = "pipeline.json"

__all__ = [
    "CANNOT",
    "EMULATES",
    "NAME",
    "OPERATORS",
    "PATCHES",
    "REMOTE",
    "RUN",
    "SCHEDULES",
    "VERSIONS",
    "check_settings",
    "delivery",
    "emit",
    "tasks",
]


def emit(pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
    settings = check_settings(options.settings)
    pipeline = deliveries.as_with_auto(pipeline, "configmap", "task")
    pipeline, options, carried = carrying_failures(pipeline, options, retries=True)
    with_room_for_code(NAME, pipeline, options, (pipeline.deliver,))
    graph = partial(
        Graph, pipeline, options, engine=NAME, gpu_name=partial(name_of, plain=settings.gpu), carried=carried
    )
    if pipeline.deliver == "image":
        held = _checked(pipeline, _spec(graph, IN_IMAGE))
        return EmittedFile(FILE, options.sidecar), held
    small = _text(_spec(graph, inline(options.packed)))
    if len(small) <= INLINE_LIMIT and pipeline.deliver != "importer":
        return (EmittedFile(DOCUMENT, small),)
    if pipeline.deliver == "inline":
        raise too_long_inline(NAME, pipeline, len(small), "importer")
    place = settings.beside(options.artifacts)
    if place is None:
        message = f"`vertex` cannot keep this: the definition has {len(small) // 1024} KiB with the sidecar in it"
        if pipeline.deliver:
            message = "`vertex` cannot keep this: an importer brings the sidecar from beside the artifacts"
        hint = "name `artifacts: gs://…` in the profile, or `vertex: {bucket: …}`: `submit` brings the sidecar there"
        raise SpecRejected([Diagnostic("PG401", message, pipeline.origin, hint=hint)])
    beside = importer.file_name(options.sidecar)
    imported = importer.of(f"{place}/{beside}")
    spec = _spec(graph, inline(options.packed), imported)
    return EmittedFile(beside, options.sidecar), _checked(pipeline, spec)


def _checked(pipeline: Pipeline, spec: dict[str, Data]) -> EmittedFile:
    sizes.check(pipeline, spec)
    return EmittedFile(DOCUMENT, _text(spec))


def delivery(files: tuple[EmittedFile, ...]) -> str:
    ways = {DOCUMENT: deliveries.INLINE, FILE: deliveries.IMAGE}
    return ways.get(files[0].path, deliveries.IMPORTER)


def tasks(pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> tuple[tuple[str, str], ...]:
    return tasks_of(pipeline, retries=True, brought=delivery(files) == deliveries.IMPORTER, shared=False)


def _spec(graph: Callable[..., Graph], delivery: Delivery, bringing: SidecarTask | None = None) -> dict[str, Data]:
    """The platform document is left out: all that would stand in it is refused, or is a limit behind the sidecar's."""
    spec = documents(graph(delivery, bringing)).pipeline
    deployment = cast("dict[str, Data]", spec["deploymentSpec"])
    executors = cast("dict[str, Data]", deployment["executors"])
    made: Data = {label: _executor(each) for label, each in executors.items()}
    return {**spec, "deploymentSpec": {"executors": made}}


def _executor(executor: Data) -> Data:
    container = cast("dict[str, Data]", cast("dict[str, Data]", executor).get("container", {}))
    if not isinstance(container.get("resources"), dict):
        return executor
    return {"container": {**container, "resources": both(cast("dict[str, Data]", container["resources"]))}}


def _text(spec: dict[str, Data]) -> str:
    return json.dumps(spec, indent=2, ensure_ascii=True) + "\n"
