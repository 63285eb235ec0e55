"""Raw patches for Argo: of a step on its template, of the pipeline on the spec of the WorkflowTemplate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pipeglot.ir import Patch, Pipeline, Step
from pipeglot_backends.argo.emit.manifests import TARGET, spec_of
from pipeglot_backends.argo.names import CONTENT, DEFINITION, PIPELINE, Names
from pipeglot_backends.emit.patching import Faults, Patching, kept, touched
from pipeglot_backends.protocol import Options

_STARTS = "starts the sidecar, which runs the step and keeps its record"
_HOLDS = "brings the sidecar and what the step reads, and a list is replaced as a whole"
_OTHER = "makes another kind of template, which starts no sidecar"
_OURS = "names what runs are found by"
STEP = kept(
    {
        "name": "is what the tasks of the DAG call it by",
        "inputs": "brings what the step reads",
        "outputs": "hands on what the step makes, and its record",
        "container.command": _STARTS,
        "container.args": _STARTS,
        "container.env": (_HOLDS, "write `env:`"),
        "container.volumeMounts": (_HOLDS, "write `kubernetes: {volumes: …}`"),
        "volumes": (
            "holds the volumes of the step, and a list is replaced as a whole",
            "write `kubernetes: {volumes: …}`",
        ),
        "container.image": ("is what the record says the step ran in", "write `image:`, which a profile can replace"),
        "container.workingDir": ("is where the code of the step lies", "write `workdir:`"),
        "retryStrategy": ("counts the attempts of the record", "write `retry:`"),
        "activeDeadlineSeconds": ("would end the sidecar before it has written the record", "write `timeout:`"),
        "memoize": "would leave the step without a run and without a record",
        "daemon": "would call the step done before it is",
        **dict.fromkeys(
            ("script", "dag", "steps", "resource", "suspend", "http", "plugin", "containerSet", "data"), _OTHER
        ),
    }
)
SPEC = kept(
    {
        "templates": ("holds the steps, and a list is replaced as a whole", "write `targets: {argo: …}` of a step"),
        "entrypoint": "begins the steps",
        "onExit": ("begins the steps of `on_exit`", "write `on_exit:`"),
        "hooks.exit": ("would take the place of `on_exit`", "write `on_exit:`"),
        "arguments": ("holds the params, and a list is replaced as a whole", "write `params:`"),
        "volumes": ("holds the sidecar, and a list is replaced as a whole", "write `kubernetes: {volumes: …}`"),
        "activeDeadlineSeconds": ("would end the sidecars before they have written the record", "write `deadline:`"),
        "workflowTemplateRef": "names the definition itself",
        "suspend": "would keep every run from its start",
        "retryStrategy": ("would run all steps again under the same run", "write `retry:` of the steps"),
        "templateDefaults.retryStrategy": ("counts the attempts of the record", "write `retry:` under `defaults`"),
        "templateDefaults.activeDeadlineSeconds": (
            "would end the sidecar before it has written the record",
            "write `timeout:` under `defaults`",
        ),
        "templateDefaults.memoize": "would leave steps without a run and without a record",
        "templateDefaults.container.command": _STARTS,
        "templateDefaults.container.args": _STARTS,
        "templateDefaults.container.env": (_HOLDS, "write `env:` under `defaults`"),
        "templateDefaults.container.volumeMounts": (_HOLDS, "write `kubernetes: {volumes: …}`"),
        "templateDefaults.container.image": (
            "is what the record says the step ran in",
            "write `image:` under `defaults`",
        ),
        f"workflowMetadata.labels.{PIPELINE}": _OURS,
        **{f"workflowMetadata.annotations.{each}": _OURS for each in (DEFINITION, CONTENT)},
    }
)


def faults(pipeline: Pipeline, step: Step | None, patch: Patch) -> Faults:
    yield from touched(TARGET, patch, (*(STEP if step else SPEC), *kept(_besides(pipeline, step))))


def _besides(pipeline: Pipeline, step: Step | None) -> Mapping[str, str]:
    """What only some of them have."""
    if step is None and pipeline.python:
        return {
            "templateDefaults.initContainers": "brings the Python of the sidecar, and a list is replaced as a whole"
        }
    if step and step.pod and step.pod.termination_grace:
        return {"podSpecPatch": "holds the step's `termination_grace`, and a text is replaced as a whole"}
    return {}


def base(pipeline: Pipeline, step: Step | None, options: Options) -> Mapping[str, Any]:
    """`pipeline` is without patches."""
    spec = spec_of(pipeline, options)
    if step is None:
        return spec
    name = Names(pipeline).step[step.id]
    templates = cast("list[dict[str, Any]]", spec["templates"])
    return next(each for each in templates if each["name"] == name)


PATCHING = Patching(faults, base)
