"""Templates: the pod of a step, that of a list task, and what all pods have in common."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import cast

from pipeglot.ir import Gpu, Json, Pipeline, Pod, Resources, Retry, RetryOn, Step
from pipeglot_backends.argo.emit import expressions
from pipeglot_backends.argo.emit.artifact_keys import item_key
from pipeglot_backends.argo.emit.bindings import ABSENT, WORK, Bindings, global_name
from pipeglot_backends.argo.names import Names
from pipeglot_backends.argo.settings import GPU_LABEL
from pipeglot_backends.emit import places, pods, sinks
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_expression.runtime.contract import (
    ANNOUNCED_STOP,
    BACKSTOP,
    EXIT_CODES,
    FINAL_CODES,
    INDICES,
    STATE,
    plain_seconds,
)

RECORD = "pipeglot-record"
RUN_ID = "pipeglot-run-id"
NEVER_RETRIED = (*FINAL_CODES, ANNOUNCED_STOP)
TIMEOUT = EXIT_CODES["timeout"]

Exported = Collection[tuple[str, str]]
"""The outputs, by task and name, that steps of `on_exit` read."""


def common(pipeline: Pipeline) -> Data:
    """What every container has: it stands once, as the default of all templates."""
    variables = {
        "PIPEGLOT_ENGINE": "argo",
        "PIPEGLOT_RUN_ID": f"{{{{workflow.parameters.{RUN_ID}}}}}",
        "PIPEGLOT_NATIVE_RUN": "{{workflow.uid}}",
        "PIPEGLOT_ATTEMPT": "1",
        "PIPEGLOT_RESULT": f"{WORK}/result",
        "PIPEGLOT_OUT": f"{WORK}/out",
        "PIPEGLOT_WORK": f"{WORK}/work",
        "PIPEGLOT_RECORD_FILE": f"{WORK}/record.jsonl",
        **sinks.variables(pipeline),
        **places.told_of_work(pipeline),
    }
    if pipeline.deadline:
        variables["PIPEGLOT_DEADLINE"] = str(pipeline.deadline)
        variables["PIPEGLOT_RUN_STARTED"] = "{{workflow.creationTimestamp.s}}"
    if pipeline.schedule:
        variables["PIPEGLOT_SCHEDULED"] = expressions.SCHEDULED
    if pipeline.records.fail:
        variables["PIPEGLOT_RECORD_ON_FAILURE"] = "fail"
    mounts: list[Data] = [
        {"name": "pipeglot", "mountPath": pods.SIDECAR, "readOnly": True},
        {"name": "pipeglot-work", "mountPath": WORK},
    ]
    if pipeline.python:
        mounts.append({"name": pods.PYTHON_VOLUME, "mountPath": pods.PYTHON, "readOnly": True})
    return {
        "command": [*(pods.CARRIED if pipeline.python else ("python3",)), f"{pods.SIDECAR}/sidecar.py"],
        "env": [*({"name": name, "value": value} for name, value in variables.items()), *_token(pipeline)],
        "volumeMounts": mounts,
    }


def _token(pipeline: Pipeline) -> Iterator[Data]:
    if pipeline.records.server:
        source: Data = {"name": sinks.SECRET.name, "key": sinks.SECRET.key, "optional": True}
        yield {"name": sinks.TOKEN, "valueFrom": {"secretKeyRef": source}}


def folders(pipeline: Pipeline) -> list[Data]:
    names = ("pipeglot-work", *([pods.PYTHON_VOLUME] if pipeline.python else []))
    return [{"name": name, "emptyDir": dict[str, Data]()} for name in names]


def before(pipeline: Pipeline) -> list[Data]:
    """What runs before each container, where a Python of another image is to be brought."""
    if not pipeline.python:
        return []
    mounts: Data = [
        {"name": "pipeglot", "mountPath": pods.SIDECAR, "readOnly": True},
        {"name": pods.PYTHON_VOLUME, "mountPath": pods.PYTHON},
    ]
    command: Data = [*pods.CARRY]
    return [{"name": pods.PYTHON_VOLUME, "image": pipeline.python, "command": command, "volumeMounts": mounts}]


def step_template(
    pipeline: Pipeline, step: Step, carriage: Bindings, names: Names, prefix: str, exported: Exported
) -> dict[str, Data]:
    task = names.step[step.id]
    inputs: list[Data] = [{"name": "index"}] if step.fan_out else []
    values = [output.name for output in step.outputs if not output.artifact]
    artifacts = [*_artifacts(step, task, prefix, exported), _RECORDED]
    outputs = merged({"parameters": _results(step, task, [*values, STATE], exported), "artifacts": artifacts})
    return merged(
        {"name": task, **_pod(step, pipeline.settings.get("argo", {}))},
        {
            "inputs": merged(
                {"parameters": [*inputs, *carriage.input_parameters], "artifacts": carriage.input_artifacts}
            )
        },
        {"outputs": outputs, "retryStrategy": _retry(step.retry) if step.retry else None},
        {"activeDeadlineSeconds": str(math.ceil(step.timeout) + BACKSTOP) if step.timeout else None},
        {"container": _container(step, carriage), "volumes": _volumes(step)},
    )


def list_template(step: Step, carriage: Bindings, names: Names, exported: Exported) -> dict[str, Data]:
    """The list task of a fan-out: it decides once, for all items, and says which there are. It mounts no volumes."""
    task = names.items[step.id]
    results = [_result(STATE, _exported(task, STATE, exported)), _result(INDICES)]
    return merged(
        {"name": task, **(_placed(step.pod) if step.pod else {})},
        {"inputs": merged({"parameters": carriage.input_parameters, "artifacts": carriage.input_artifacts})},
        {"outputs": {"parameters": results, "artifacts": [_RECORDED]}},
        {"retryStrategy": _retry(step.retry) if step.retry else None},
        {
            "container": merged(
                {"image": step.image, "args": ["items", step.id], "env": carriage.environment}, _inside(step)
            )
        },
    )


_RECORDED: Data = {"name": RECORD, "path": f"{WORK}/record.jsonl", "optional": True, "archive": {"none": {}}}


def _results(step: Step, task: str, names: Iterable[str], exported: Exported) -> list[Data]:
    """Output parameters, one for each file the sidecar leaves in its result folder."""
    suffix = "-{{inputs.parameters.index}}" if step.fan_out else ""
    return [_result(name, _exported(task, name, exported, suffix)) for name in names]


def _result(name: str, known_as: str | None = None) -> Data:
    place = {"valueFrom": {"path": f"{WORK}/result/{name}", "default": ABSENT}}
    return merged({"name": name, "globalName": known_as}, place)


def _exported(task: str, output: str, exported: Exported, suffix: str = "") -> str | None:
    return f"{global_name(task, output)}{suffix}" if (task, output) in exported else None


def _artifacts(step: Step, task: str, prefix: str, exported: Exported) -> list[Data]:
    entries: list[Data] = []
    for output in step.outputs:
        if not output.artifact:
            continue
        entry: dict[str, Data] = {"name": output.name, "path": f"{WORK}/out/{output.name}/{output.file}"}
        if step.fan_out:
            entry |= {"archive": {"tar": {}}, "s3": {"key": item_key(prefix, task, output.name)}}
        elif known_as := _exported(task, output.name, exported):
            entry["globalName"] = known_as
        entries.append({**entry, "optional": True})
    return entries


def _container(step: Step, carriage: Bindings) -> Data:
    environment = list(carriage.environment)
    if step.retry:
        environment.insert(0, {"name": "PIPEGLOT_ATTEMPT", "value": expressions.TRY})
    if step.pod and step.pod.termination_grace:
        environment.insert(0, {"name": "PIPEGLOT_GRACE", "value": str(pods.command_grace(step.pod.termination_grace))})
    if step.fan_out:
        environment.insert(0, {"name": "PIPEGLOT_INDEX", "value": "{{inputs.parameters.index}}"})
        environment.insert(1, {"name": "PIPEGLOT_OPAQUE_ITEMS", "value": "1"})
    mounts = pods.mounts(step.pod) if step.pod else []
    if step.resources and step.resources.shm:
        mounts.append({"name": "pipeglot-shm", "mountPath": "/dev/shm"})
    return merged(
        {"image": step.image, "args": ["run", step.id], "workingDir": step.workdir, "env": environment},
        {"resources": _resources(step.resources) if step.resources else None},
        {"volumeMounts": mounts},
        _inside(step),
    )


def _volumes(step: Step) -> list[Data]:
    volumes = pods.volumes(step.pod) if step.pod else []
    if step.resources and step.resources.shm:
        volumes.append({"name": "pipeglot-shm", "emptyDir": {"medium": "Memory", "sizeLimit": step.resources.shm}})
    return volumes


def _resources(resources: Resources) -> Data:
    asked, most = pods.amounts(resources)
    return merged({"requests": dict(asked), "limits": dict(most)})


def _pod(step: Step, settings: Mapping[str, Json]) -> Mapping[str, Data]:
    placed = _placed(step.pod) if step.pod else {}
    gpu: Gpu | None = step.resources.gpu if step.resources else None
    if not (gpu and gpu.type):
        return placed
    label = pods.node_label(gpu, settings.get(GPU_LABEL))
    return {**placed, "nodeSelector": {label: gpu.type, **(step.pod.node_selector if step.pod else {})}}


def _placed(pod: Pod) -> dict[str, Data]:
    return merged(
        {"nodeSelector": dict(pod.node_selector), "tolerations": [dict(each) for each in pod.tolerations]},
        {"affinity": dict(cast("Mapping[str, Data]", pod.affinity)), "securityContext": pods.security(pod)[0]},
        {"serviceAccountName": pod.service_account, "metadata": pods.metadata(pod)},
        {"priorityClassName": pod.priority_class, "podSpecPatch": _patch(pod)},
    )


def _patch(pod: Pod) -> str | None:
    """What a template has no field for."""
    grace = pod.termination_grace
    return json.dumps({"terminationGracePeriodSeconds": int(grace)}) if grace else None


def _inside(step: Step) -> dict[str, Data]:
    """What only the container has of a pod's."""
    if step.pod is None:
        return {}
    given: list[Data] = [dict(cast("Mapping[str, Data]", each)) for each in step.pod.env_from]
    return merged(
        {"imagePullPolicy": step.pod.image_pull_policy, "envFrom": given},
        {"securityContext": pods.security(step.pod)[1]},
    )


def _retry(retry: Retry) -> Data:
    backoff: dict[str, Data] = {}
    if retry.delay:
        backoff = merged(
            {"duration": _seconds(retry.delay), "factor": str(round(retry.backoff)) if retry.backoff != 1 else None},
            {"cap": _seconds(retry.max_delay) if retry.max_delay else None},
        )
    return merged(
        {"limit": str(retry.limit), "retryPolicy": "Always", "backoff": backoff, "expression": _expression(retry)}
    )


def _seconds(seconds: float) -> str:
    return f"{plain_seconds(seconds)}s" if seconds >= 1 else f"{round(seconds * 1000)}ms"


def _expression(retry: Retry) -> str:
    """Which ends are tried again: by the exit code; lost is what has none, was killed, or says so itself."""
    never = ", ".join(f"'{code}'" for code in NEVER_RETRIED)
    terms = [f"not (lastRetry.exitCode in [{never}])"]
    lost = "lastRetry.exitCode in ['', '-1', '69', '137']"
    excluded = {
        RetryOn.LOST: f"not ({lost})",
        RetryOn.TIMEOUT: f"lastRetry.exitCode != '{TIMEOUT}'",
        RetryOn.ERROR: f"({lost} or lastRetry.exitCode == '{TIMEOUT}')",
    }
    return " and ".join([*terms, *(term for cause, term in excluded.items() if cause not in retry.on)])


def merged(*parts: Mapping[str, Data]) -> dict[str, Data]:
    """The entries that hold something, in order."""
    return {key: value for part in parts for key, value in part.items() if value not in (None, [], {})}
