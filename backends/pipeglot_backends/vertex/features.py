"""The features that Vertex AI has no word for, beside those of Kubeflow's definitions: predicates, by name."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.features.delivery import asked
from pipeglot_backends.features.fail_fast import fail_fast_between_branches
from pipeglot_backends.features.steps import all_steps
from pipeglot_backends.kubeflow.emit.softening.softened import carrying
from pipeglot_backends.vertex.emit import accelerators


def sidecar_by_config_map(pipeline: Pipeline) -> Iterator[Origin]:
    return asked(pipeline, "configmap")


def sidecar_by_task(pipeline: Pipeline) -> Iterator[Origin]:
    return asked(pipeline, "task")


def shared_memory(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.resources.origin for step in all_steps(pipeline) if step.resources and step.resources.shm)


def gpu_without_kind(pipeline: Pipeline) -> Iterator[Origin]:
    for step in all_steps(pipeline):
        if step.resources and step.resources.gpu and not step.resources.gpu.type:
            yield step.resources.origin


def gpu_that_google_cloud_has_not(pipeline: Pipeline) -> Iterator[Origin]:
    for step in all_steps(pipeline):
        gpu = step.resources.gpu if step.resources else None
        if step.resources and gpu and gpu.type and not accelerators.known(gpu.type):
            yield step.resources.origin


def artifacts_elsewhere(pipeline: Pipeline) -> Iterator[Origin]:
    other = pipeline.artifacts is not None and not pipeline.artifacts.startswith("gs://")
    return iter([pipeline.origin] if other else [])


def fail_fast_beside_a_failure_that_is_handed_on(pipeline: Pipeline) -> Iterator[Origin]:
    """Where a step could still wait when another one ends well for the engine, though it failed."""
    if pipeline.fail_fast and carrying(pipeline, retries=True).softened:
        yield from fail_fast_between_branches(pipeline)
