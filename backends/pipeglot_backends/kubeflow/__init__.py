"""Kubeflow Pipelines: a PipelineSpec whose containers start each step through the sidecar.

Values that cannot be absent travel as numbers and bools of Kubeflow's own; all others as wire text in a STRING.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pipeglot.ir import Pipeline
from pipeglot_backends.emit import config_maps
from pipeglot_backends.features import delivery as deliveries
from pipeglot_backends.features.labels import on_pods
from pipeglot_backends.kubeflow.emit import sidecar_task
from pipeglot_backends.kubeflow.emit.delivery import FILE, IN_IMAGE, INLINE_LIMIT, by_config_map, inline
from pipeglot_backends.kubeflow.emit.document import documents
from pipeglot_backends.kubeflow.emit.sizes import (
    LITTLE,
    at_least,
    check,
    few,
    fits,
    noted,
    too_long_inline,
    with_room_for_code,
)
from pipeglot_backends.kubeflow.emit.sizes import room as room_of
from pipeglot_backends.kubeflow.emit.step_tables import blocks, too_long_for_a_task
from pipeglot_backends.kubeflow.emit.tasks import Graph
from pipeglot_backends.kubeflow.failures import carrying_failures, tasks_of
from pipeglot_backends.kubeflow.limits import CANNOT, EMULATES
from pipeglot_backends.kubeflow.objects import objects, written
from pipeglot_backends.kubeflow.settings import STORE, STORES, tries_failures_again
from pipeglot_backends.kubeflow.settings import checked as check_settings
from pipeglot_backends.protocol import EmittedFile, Options, Room

NAME = "kubeflow"
VERSIONS = ("2.14", "2.15", "2.16", "2.17")
RUN: tuple[str, ...] = ()
OPERATORS: tuple[str, ...] = ()
SCHEDULES = True
REMOTE = "pipeglot_backends.kubeflow.remote"
PATCHES = "pipeglot_backends.kubeflow.patches"
DOCUMENT = "pipeline.yaml"
FOLDER = "kubernetes/"
"""Of what is applied to the cluster: the pipeline itself is no object of Kubernetes."""
WAY = "by the ConfigMaps in `kubernetes/`, which every pod mounts"
BROUGHT = f"\n    exec-{sidecar_task.GIVEN.name}:\n"
"""Stands in a definition whose sidecar is brought, and in no other."""

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
    "room",
    "tasks",
]


def emit(pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
    check_settings(options.settings)
    files = _files(pipeline, options)
    if options.settings.get(STORE) != STORES[1]:
        return files
    (definition,) = [each for each in files if each.path == DOCUMENT]
    return *files, objects(pipeline, options, definition)


def _files(pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
    again = tries_failures_again(options.settings)
    pipeline = deliveries.as_with_auto(on_pods(pipeline), "importer")
    pipeline, options, carried = carrying_failures(pipeline, options, retries=again)
    graph = partial(Graph, pipeline, options, carried=carried)
    with_room_for_code(NAME, pipeline, options, ("image", "inline"), "task")
    if pipeline.deliver == "image":
        made = documents(graph(IN_IMAGE))
        return EmittedFile(FILE, options.sidecar), *check(pipeline, made, (EmittedFile(DOCUMENT, written(made)),))
    if pipeline.deliver == "inline" or (pipeline.deliver is None and few(pipeline, options.packed)):
        small = documents(graph(inline(options.packed)))
        text = written(small) if at_least(small) <= INLINE_LIMIT else ""
        if 0 < len(text) <= INLINE_LIMIT and (pipeline.deliver or noted(small.pipeline) <= LITTLE):
            return check(pipeline, small, (EmittedFile(DOCUMENT, text),))
        if pipeline.deliver == "inline":
            raise too_long_inline(NAME, pipeline, at_least(small), "task")
    if pipeline.deliver != "configmap":
        bring = sidecar_task.container(options.packed, blocks(options.table))
        made = documents(graph(inline(options.packed), bring, tabled=True))
        if pipeline.deliver == "task":
            return check(pipeline, made, (EmittedFile(DOCUMENT, written(made)),))
        if fits(made):
            return (EmittedFile(DOCUMENT, written(made)),)
    return _mounted(pipeline, options, graph)


def _mounted(pipeline: Pipeline, options: Options, graph: Callable[..., Graph]) -> tuple[EmittedFile, ...]:
    """The sidecar by a ConfigMap; the step table too, if the definition cannot hold it."""
    steps, sidecar = config_maps.files(NAME, pipeline, options, FOLDER)
    if pipeline.deliver and not too_long_for_a_task(options):
        made = documents(graph(by_config_map(pipeline, options, tabled=False)))
        if fits(made):
            return sidecar, EmittedFile(DOCUMENT, written(made))
    made = documents(graph(by_config_map(pipeline, options, tabled=True)))
    return sidecar, steps, *check(pipeline, made, (EmittedFile(DOCUMENT, written(made)),))


def room(files: tuple[EmittedFile, ...]) -> Room:
    """What a run of it takes of what Argo has for its notes."""
    import yaml

    text = next(file.text for file in files if file.path == DOCUMENT)
    return room_of(next(iter(yaml.load_all(text, yaml.CSafeLoader))))


def delivery(files: tuple[EmittedFile, ...]) -> str:
    ways = {FOLDER + config_maps.SIDECAR: WAY, FILE: deliveries.IMAGE}
    first, *_ = files
    return ways.get(first.path) or (deliveries.TASK if BROUGHT in first.text else deliveries.INLINE)


def tasks(pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> tuple[tuple[str, str], ...]:
    again = tries_failures_again(pipeline.settings.get(NAME, {}))
    return tasks_of(pipeline, retries=again, brought=delivery(files) == deliveries.TASK, shared=True)
