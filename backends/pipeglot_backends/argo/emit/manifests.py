"""The manifests: a WorkflowTemplate, and the Workflow of one run."""

from __future__ import annotations

import hashlib
import json
import math
from typing import cast

from pipeglot.ir import MISSING, Param, Pipeline, ReadKind, Step
from pipeglot.scripts.comments import lines
from pipeglot_backends.argo.emit.artifact_keys import key_prefix
from pipeglot_backends.argo.emit.bindings import Bindings, asked_how_they_ended, bind, source
from pipeglot_backends.argo.emit.tasks import (
    behind_allowed,
    dag,
    exit_templates,
    fanned_on_exit,
    is_throttled,
    nothing,
    tasks_of,
    throttle,
)
from pipeglot_backends.argo.emit.templates import (
    RUN_ID,
    Exported,
    before,
    common,
    folders,
    list_template,
    merged,
    step_template,
)
from pipeglot_backends.argo.names import CONTENT, DEFINITION, PIPELINE, Names
from pipeglot_backends.argo.settings import checked, keeping
from pipeglot_backends.emit import config_maps
from pipeglot_backends.emit.patching import laid_over, patched
from pipeglot_backends.emit.yaml_text import Data, Remarked, dump
from pipeglot_backends.features.pods import pods
from pipeglot_backends.protocol import Options
from pipeglot_expression.runtime.contract import BACKSTOP

TARGET = "argo"
API = "argoproj.io/v1alpha1"
DESCRIPTION = "workflows.argoproj.io/description"
"""Shown by Argo on the pages of templates and runs. Not inside a `spec`, where Argo looks for tags of its own."""
FOLDER = ".pipeglot"
"""Behind the pipeline's name: a folder for what is not to be applied."""
NOTHING: dict[str, Data] = {}


def workflow_template(pipeline: Pipeline, options: Options) -> dict[str, Data]:
    spec = spec_of(pipeline, options)
    labels: Data = {**pipeline.labels, PIPELINE: pipeline.name}
    content = hashlib.sha256(dump({**spec, "labels": labels} if pipeline.labels else spec).encode()).hexdigest()[:16]
    annotations: Data = {DEFINITION: options.definition_hash, CONTENT: content}
    return {
        "apiVersion": API,
        "kind": "WorkflowTemplate",
        "metadata": metadata_of(pipeline.name, pipeline, options),
        "spec": laid_over({"workflowMetadata": {"labels": labels, "annotations": annotations}}, spec),
    }


def commented(pipeline: Pipeline, template: dict[str, Data]) -> dict[str, Data]:
    """The template with the command of each step above the arguments that start it."""
    spec = cast("dict[str, Data]", template["spec"])
    made = [_commented(pipeline, cast("dict[str, Data]", each)) for each in cast("list[Data]", spec["templates"])]
    return {**template, "spec": {**spec, "templates": made}}


def _commented(pipeline: Pipeline, template: dict[str, Data]) -> Data:
    container = cast("dict[str, Data]", template.get("container", NOTHING))
    verb, step = cast("list[str]", container.get("args")) or ("", "")
    if verb != "run":
        return template
    args = Remarked(lines(pipeline.by_id[step].body), container["args"])
    return {**template, "container": {**container, "args": args}}


def workflow(pipeline: Pipeline, options: Options) -> dict[str, Data]:
    """One run: `kubectl create -f` it, after the others were applied."""
    metadata = metadata_of(pipeline.name, pipeline, options)
    del metadata["name"]
    return {
        "apiVersion": API,
        "kind": "Workflow",
        "metadata": {"generateName": f"{pipeline.name}-", **metadata},
        "spec": {"workflowTemplateRef": {"name": pipeline.name}},
    }


def spec_of(pipeline: Pipeline, options: Options) -> dict[str, Data]:
    settings = checked(options.settings)
    repository = settings.get("artifact_repository")
    map_name, _, key = (repository or "").rpartition("/")
    made = merged(
        {"entrypoint": "main", "onExit": "on-exit" if pipeline.on_exit else None},
        {"arguments": {"parameters": [*map(_parameter, pipeline.params), {"name": RUN_ID, "value": ""}]}},
        {"serviceAccountName": settings.get("service_account"), "parallelism": pipeline.max_parallel},
        {"imagePullSecrets": _pull_secrets(pipeline), **cast("dict[str, Data]", keeping(options.settings))},
        {"podMetadata": {"labels": dict(pipeline.labels)} if pipeline.labels else None},
        {"artifactRepositoryRef": merged({"configMap": map_name or None, "key": key or None})},
        {"activeDeadlineSeconds": _deadline(pipeline)},
        {"volumes": [_config_volume(pipeline, options), *folders(pipeline)]},
        {"templateDefaults": merged({"initContainers": before(pipeline)}, {"container": common(pipeline)})},
        {"templates": _templates(pipeline, options)},
    )
    return patched(made, pipeline.patches.get(TARGET))


def _pull_secrets(pipeline: Pipeline) -> list[Data]:
    names = dict.fromkeys(name for pod in pods(pipeline) for name in pod.image_pull_secrets)
    return [{"name": name} for name in names]


def _config_volume(pipeline: Pipeline, options: Options) -> Data:
    names = config_maps.names(pipeline, options)
    return {"name": "pipeglot", "projected": {"sources": [{"configMap": {"name": name}} for name in names]}}


def _templates(pipeline: Pipeline, options: Options) -> list[Data]:
    names, prefix, exported = Names(pipeline), key_prefix(options.artifacts), _exported(pipeline)
    tasks: list[dict[str, Data]] = []
    templates: list[Data] = []
    for step in pipeline.steps:
        carriage = bind(pipeline, step, names, prefix)
        tasks += tasks_of(step, pipeline, carriage, names)
        if step.needs_list_task:
            templates.append(list_template(step, carriage, names, exported))
        if step.fan_out and is_throttled(step):
            templates.append(throttle(step, step.fan_out, carriage, names))
        templates.append(_of_step(pipeline, step, carriage, names, prefix, exported))
    carriages = {step.id: (step, bind(pipeline, step, names, prefix)) for step in pipeline.on_exit}
    for step, carriage in carriages.values():
        if step.needs_list_task:
            templates.append(list_template(step, carriage, names, exported))
        if step.fan_out:
            templates.append(fanned_on_exit(step, step.fan_out, carriage, names))
        templates.append(_of_step(pipeline, step, carriage, names, prefix, exported))
    behind = behind_allowed(pipeline, names)
    templates += [nothing(names)] if behind or names.carried else []
    main: list[Data] = [{"name": "main", "dag": dag(pipeline, [*tasks, *behind], names)}]
    return [*main, *exit_templates(carriages, names), *templates]


def _of_step(
    pipeline: Pipeline, step: Step, carriage: Bindings, names: Names, prefix: str, exported: Exported
) -> dict[str, Data]:
    return patched(step_template(pipeline, step, carriage, names, prefix, exported), step.patches.get(TARGET))


def _exported(pipeline: Pipeline) -> Exported:
    names = Names(pipeline)
    kinds = (ReadKind.OUTPUT, ReadKind.STATE, ReadKind.ITEMS)
    reads = [
        read
        for step in pipeline.on_exit
        for asked in (asked_how_they_ended(step),)
        for read in step.reads
        if read.kind in kinds or (read.kind is ReadKind.ENGINE and read.step in asked)
    ]
    return frozenset(source(pipeline, read, names) for read in reads)


def metadata_of(name: str, pipeline: Pipeline, options: Options) -> dict[str, Data]:
    namespace = checked(options.settings).get("namespace")
    labels: Data = {**pipeline.labels, "app.kubernetes.io/managed-by": "pipeglot", PIPELINE: pipeline.name}
    described: dict[str, Data] = {DESCRIPTION: pipeline.description} if pipeline.description else {}
    return merged({"name": name, "namespace": namespace, "labels": labels, "annotations": described})


def _deadline(pipeline: Pipeline) -> int | None:
    # the sidecars keep the deadline; a pod that Argo or the kubelet ends takes its record with it
    return math.ceil(pipeline.deadline) + BACKSTOP if pipeline.deadline else None


def _parameter(param: Param) -> Data:
    if param.default is MISSING:
        return {"name": param.name}
    return {"name": param.name, "value": as_typed(param.default)}


def as_typed(value: object) -> str:
    """As a person would type it."""
    return value if isinstance(value, str) else json.dumps(value)
