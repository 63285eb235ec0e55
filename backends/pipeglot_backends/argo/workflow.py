"""The manifests: a WorkflowTemplate, the Workflow of one run, and the ConfigMap with sidecar and step table."""

from __future__ import annotations

import hashlib
import json
import math

from pipeglot.ir import MISSING, Param, Pipeline, RunIf, Step
from pipeglot_backends.argo.carriage import INDICES, RUN_ID, STATE, Carriage, carry, key_prefix, merged
from pipeglot_backends.argo.names import Names
from pipeglot_backends.argo.start import CONTENT
from pipeglot_backends.argo.templates import BACKSTOP, list_template, step_template
from pipeglot_backends.protocol import Options
from pipeglot_backends.yaml_text import Data, dump

API = "argoproj.io/v1alpha1"
DEFINITION = "pipeglot/definition"
ANY_END = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned")


def config_map(pipeline: Pipeline, options: Options) -> dict[str, Data]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(config_map_name(pipeline, options), pipeline, options),
        "immutable": True,
        "data": {"steps.json": options.table, "sidecar.py": options.sidecar},
    }


def config_map_name(pipeline: Pipeline, options: Options) -> str:
    """Named by what it holds, so that a new definition never changes what a running workflow reads."""
    return f"{pipeline.name}-{options.content_hash[:10]}"


def workflow_template(pipeline: Pipeline, options: Options) -> dict[str, Data]:
    names = Names(pipeline)
    prefix = key_prefix(options.artifacts)
    tasks: list[Data] = []
    templates: list[Data] = []
    for step in pipeline.steps:
        carriage = carry(pipeline, step, names, prefix)
        tasks += _tasks(pipeline, step, carriage, names)
        templates += _templates(pipeline, step, carriage, names, prefix)
    exits: list[Data] = []
    for step in pipeline.on_exit:
        carriage = carry(pipeline, step, names, prefix)
        exits.append(_task(step, carriage, names))
        templates.append(step_template(pipeline, step, carriage, names, prefix))
    main: dict[str, Data] = {"name": "main", "dag": _dag(pipeline.fail_fast, tasks)}
    # steps, not a DAG: Argo 4.0 takes the DAG of an exit handler for done as soon as a workflow is stopped
    on_exit: list[Data] = [{"name": "on-exit", "steps": [exits]}] if exits else []
    spec = merged(
        {"entrypoint": "main", "onExit": "on-exit" if exits else None},
        {"arguments": {"parameters": [_parameter(param) for param in pipeline.params] + [_run_id()]}},
        {"serviceAccountName": _text(options, "service_account"), "parallelism": pipeline.max_parallel},
        {"activeDeadlineSeconds": _deadline(pipeline)},
        {"volumes": [{"name": "pipeglot", "configMap": {"name": config_map_name(pipeline, options)}}]},
        {"templates": [main, *on_exit, *templates]},
    )
    content = hashlib.sha256(dump(spec).encode()).hexdigest()
    annotations: dict[str, Data] = {DEFINITION: options.definition_hash, CONTENT: content[:16]}
    return {
        "apiVersion": API,
        "kind": "WorkflowTemplate",
        "metadata": _metadata(pipeline.name, pipeline, options),
        "spec": {"workflowMetadata": {"annotations": annotations}, **spec},
    }


def workflow(pipeline: Pipeline, options: Options) -> dict[str, Data]:
    """One run: `kubectl create -f workflow.yaml`, after the other two were applied."""
    metadata = _metadata(pipeline.name, pipeline, options)
    del metadata["name"]
    return {
        "apiVersion": API,
        "kind": "Workflow",
        "metadata": {"generateName": f"{pipeline.name}-", **metadata},
        "spec": {"workflowTemplateRef": {"name": pipeline.name}},
    }


def _metadata(name: str, pipeline: Pipeline, options: Options) -> dict[str, Data]:
    labels: dict[str, Data] = {"app.kubernetes.io/managed-by": "pipeglot", "pipeglot/pipeline": pipeline.name}
    annotations: dict[str, Data] = {DEFINITION: options.definition_hash}
    if pipeline.labels:
        annotations["pipeglot/labels"] = json.dumps(dict(pipeline.labels), sort_keys=True)
    return merged(
        {"name": name, "namespace": _text(options, "namespace"), "labels": labels, "annotations": annotations}
    )


def _text(options: Options, setting: str) -> str | None:
    value = options.settings.get(setting)
    return value if isinstance(value, str) else None


def _deadline(pipeline: Pipeline) -> int | None:
    # the sidecars keep the deadline; a pod that Argo or the kubelet ends takes its record with it
    return math.ceil(pipeline.deadline) + BACKSTOP if pipeline.deadline else None


def _parameter(param: Param) -> Data:
    if _is_asked(param):
        return {"name": param.name}
    default = param.default
    return {"name": param.name, "value": default if isinstance(default, str) else json.dumps(default)}


def _is_asked(param: Param) -> bool:
    """A sensitive default is not written into a file: whoever starts the run says it."""
    return param.default is MISSING or param.sensitive


def _run_id() -> Data:
    return {"name": RUN_ID, "value": ""}


def _dag(fail_fast: bool, tasks: list[Data]) -> Data:
    # every task is a target: else the end of a run would be that of its leaves alone, whatever failed before them
    names = [task["name"] for task in tasks if isinstance(task, dict)]
    return {"failFast": fail_fast, "target": " ".join(str(name) for name in names), "tasks": tasks}


def _tasks(pipeline: Pipeline, step: Step, carriage: Carriage, names: Names) -> list[Data]:
    depends = _depends(pipeline, step, names)
    if not step.fan_out:
        return [_task(step, carriage, names, depends)]
    if not step.needs_list_task:
        indices: str = json.dumps(list(range(len(step.fan_out.literal or ()))), separators=(",", ":"))
        return [_task(step, carriage, names, depends, indices)]
    items = names.items[step.id]
    lister = merged(
        {"name": items, "template": items, "depends": depends},
        {"arguments": merged({"parameters": carriage.argument_parameters, "artifacts": carriage.argument_artifacts})},
    )
    indices = f"{{{{tasks.{items}.outputs.parameters.{INDICES}}}}}"
    return [lister, _task(step, carriage, names, " && ".join(filter(None, [items, depends])), indices)]


def _task(step: Step, carriage: Carriage, names: Names, depends: str | None = None, indices: str = "") -> Data:
    template = names.each[step.id] if _is_throttled(step) else names.step[step.id]
    fan = [] if not indices or _is_throttled(step) else [{"name": "index", "value": "{{item}}"}]
    if _is_throttled(step):
        fan = [{"name": "indices", "value": indices}]
    parameters: list[Data] = [*fan, *carriage.argument_parameters]
    return merged(
        {"name": names.step[step.id], "template": template, "depends": depends},
        {"withParam": indices if indices and not _is_throttled(step) else None},
        {"arguments": merged({"parameters": parameters, "artifacts": carriage.argument_artifacts})},
    )


def _templates(pipeline: Pipeline, step: Step, carriage: Carriage, names: Names, prefix: str) -> list[Data]:
    templates: list[Data] = [step_template(pipeline, step, carriage, names, prefix)]
    if step.needs_list_task:
        templates.insert(0, list_template(pipeline, step, carriage, names))
    if _is_throttled(step):
        templates.insert(0, _throttle(step, carriage, names))
    return templates


def _is_throttled(step: Step) -> bool:
    return step.fan_out is not None and step.fan_out.max_parallel is not None


def _throttle(step: Step, carriage: Carriage, names: Names) -> dict[str, Data]:
    """A DAG of its own around the items: Argo limits how many run at a time by template, not by task."""
    each = names.step[step.id]
    values = [output.name for output in step.outputs if not output.artifact]
    passed = [_named(entry) for entry in carriage.input_parameters]
    pieces = [_named(entry) for entry in carriage.input_artifacts if not _is_keyed(entry)]
    parameters: list[Data] = [{"name": "index", "value": "{{item}}"}]
    parameters += [{"name": name, "value": f"{{{{inputs.parameters.{name}}}}}"} for name in passed]
    artifacts: list[Data] = [
        {"name": name, "from": f"{{{{inputs.artifacts.{name}}}}}", "optional": True} for name in pieces
    ]
    task = merged(
        {"name": each, "template": each, "withParam": "{{inputs.parameters.indices}}"},
        {"arguments": merged({"parameters": parameters, "artifacts": artifacts})},
    )
    outputs: list[Data] = [
        {"name": name, "valueFrom": {"parameter": f"{{{{tasks.{each}.outputs.parameters.{name}}}}}", "default": "[]"}}
        for name in [*values, STATE]
    ]
    inputs: list[Data] = [{"name": "indices"}, *carriage.input_parameters]
    optional: list[Data] = [{"name": name, "optional": True} for name in pieces]
    return merged(
        {"name": names.each[step.id], "parallelism": step.fan_out.max_parallel if step.fan_out else None},
        {"inputs": merged({"parameters": inputs, "artifacts": optional}), "outputs": {"parameters": outputs}},
        {"dag": {"failFast": False, "tasks": [task]}},
    )


def _named(entry: Data) -> str:
    assert isinstance(entry, dict)
    return str(entry["name"])


def _is_keyed(entry: Data) -> bool:
    return isinstance(entry, dict) and "s3" in entry


def _depends(pipeline: Pipeline, step: Step, names: Names) -> str | None:
    terms = [names.step[need] for need in step.needs]
    if step.run_if is not RunIf.SUCCESS:
        terms = [f"({' || '.join(f'{term}.{end}' for end in ANY_END)})" for term in terms]
    return " && ".join(terms) or None
