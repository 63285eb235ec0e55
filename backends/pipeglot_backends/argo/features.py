"""What Argo cannot do, and what is done in its place."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline, ReadKind
from pipeglot_backends.protocol import Limit


def steps_without_image(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.image is None)


def gpu_types(pipeline: Pipeline) -> Iterator[Origin]:
    for step in (*pipeline.steps, *pipeline.on_exit):
        if step.resources and step.resources.gpu and step.resources.gpu.type:
            yield step.resources.origin


def fanned_artifacts_without_store(pipeline: Pipeline) -> Iterator[Origin]:
    if not (pipeline.artifacts or "").startswith("s3://"):
        for step in pipeline.steps:
            if step.fan_out and any(output.artifact for output in step.outputs):
                yield step.origin


def fan_out_fail_fast(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in pipeline.steps if step.fan_out and step.fan_out.fail_fast)


def outputs_read_on_exit(pipeline: Pipeline) -> Iterator[Origin]:
    kinds = {ReadKind.OUTPUT, ReadKind.STATE, ReadKind.ITEMS}
    return (step.origin for step in pipeline.on_exit if any(read.kind in kinds for read in step.reads))


def throttled_fan_outs(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in pipeline.steps if step.fan_out and step.fan_out.max_parallel)


CANNOT = (
    Limit(
        steps_without_image,
        "Argo runs each step in a container, and no image is named",
        "https://argo-workflows.readthedocs.io/en/latest/fields/#container",
    ),
    Limit(
        gpu_types,
        "a kind of GPU is a node label, and each cluster has its own",
        "https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/",
    ),
    Limit(
        fanned_artifacts_without_store,
        "Argo passes no artifact through a fan-in; a common key prefix in a store does, "
        "and the profile names no `artifacts: s3://…`",
        "https://github.com/argoproj/argo-workflows/issues/934",
    ),
    Limit(
        fan_out_fail_fast,
        "Argo stops the items of a fan-out together with everything beside it",
        "https://argo-workflows.readthedocs.io/en/latest/enhanced-depends-logic/",
    ),
    Limit(
        outputs_read_on_exit,
        "an exit handler of Argo sees the status and the failures, not the outputs of tasks",
        "https://argo-workflows.readthedocs.io/en/latest/walk-through/exit-handlers/",
    ),
)

EMULATES = (
    Limit(
        throttled_fan_outs,
        "a DAG of its own with `parallelism` around the items",
        "https://argo-workflows.readthedocs.io/en/latest/fields/#template",
    ),
)
