"""Raw patches for Kubeflow and Vertex AI: of a step on its container and on what Kubernetes gives it, of the pipeline
on the PipelineSpec and on the platform document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from pipeglot.ir import Patch, Pipeline, Step
from pipeglot_backends.emit.patching import Faults, Kept, Patching, kept, touched, unknown_parts
from pipeglot_backends.kubeflow.emit.delivery import IN_IMAGE
from pipeglot_backends.kubeflow.emit.document import documents
from pipeglot_backends.kubeflow.emit.executors import container, gpu_of_kubernetes, kubernetes
from pipeglot_backends.kubeflow.emit.tasks import Graph
from pipeglot_backends.protocol import Options

_STARTS = "starts the sidecar, which runs the step and keeps its record"
_LISTED = "holds what the step reads, and a list is replaced as a whole"
_VOLUMES = ("holds the volumes of the step, and a list is replaced as a whole", "write `kubernetes: {volumes: …}`")
CONTAINER = kept(
    {
        "container.command": _STARTS,
        "container.args": _STARTS,
        "container.env": ("holds what the sidecar is told, and a list is replaced as a whole", "write `env:`"),
        "container.image": ("is what the record says the step ran in", "write `image:`, which a profile can replace"),
        "container.lifecycle": "would leave the step without a run and without a record",
    }
)
PLATFORM = kept(
    {
        "kubernetes.secretAsEnv": (_LISTED, "write `env:`"),
        "kubernetes.configMapAsEnv": (_LISTED, "write `env:`"),
        "kubernetes.fieldPathAsEnv": (_LISTED, "write `env:`"),
        "kubernetes.activeDeadlineSeconds": (
            "would end the sidecar before it has written the record",
            "write `timeout:`",
        ),
        **{f"kubernetes.{kind}": _VOLUMES for kind in ("configMapAsVolume", "secretAsVolume", "pvcMount")},
    }
)
SPEC = kept(
    {
        "spec.root": ("holds the steps and the params", "write `steps:` and `params:`"),
        "spec.components": ("holds the steps", "write `targets:` of a step"),
        "spec.deploymentSpec": ("holds the containers of the steps", "write `targets:` of a step"),
        "spec.pipelineInfo.name": ("is what runs are found by", "write `name:` of a profile"),
        "spec.schemaVersion": "says how the rest is written",
        "spec.sdkVersion": "says who wrote the rest",
        "kubernetes.deploymentSpec": ("holds what the containers of the steps need", "write `targets:` of a step"),
    }
)


def faults(pipeline: Pipeline, step: Step | None, patch: Patch) -> Faults:
    del pipeline
    parts, table = (("container", "kubernetes"), (*CONTAINER, *PLATFORM)) if step else (("spec", "kubernetes"), SPEC)
    yield from checked("kubeflow", patch, parts, table)


def checked(target: str, patch: Patch, parts: tuple[str, ...], table: tuple[Kept, ...]) -> Faults:
    wrong = tuple(unknown_parts(target, patch, parts))
    yield from wrong or touched(target, patch, table)


def base(pipeline: Pipeline, step: Step | None, options: Options) -> Mapping[str, Any]:
    """`pipeline` is without patches."""
    if step is None:
        made = documents(Graph(pipeline, options, IN_IMAGE))
        platforms = cast("dict[str, Any]", made.platform.get("platforms", {}))
        return {"spec": made.pipeline, "kubernetes": platforms.get("kubernetes", {})}
    step = replace(step, patches={})
    held = container(pipeline, step, IN_IMAGE, "kubeflow", gpu_of_kubernetes, None)
    return {"container": held, "kubernetes": kubernetes(step, IN_IMAGE, options.settings)}


PATCHING = Patching(faults, base)
