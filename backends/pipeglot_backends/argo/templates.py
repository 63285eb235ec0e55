"""Templates: the pod of a step, and of a list task."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipeglot.ir import Pipeline, Resources, Retry, RetryOn, Step
from pipeglot_backends.argo.carriage import (
    INDICES,
    RECORD,
    RUN_ID,
    STATE,
    WORK,
    Carriage,
    artifact_key,
    merged,
    result,
)
from pipeglot_backends.argo.names import Names
from pipeglot_backends.yaml_text import Data

SIDECAR = "/pipeglot"
BACKSTOP = 15 * 60
"""Seconds beyond a limit that sidecars keep: the engine's own counts image pull and downloads."""
NEVER_RETRIED = ("66", "67", "68", "143")
TIMEOUT = "124"


def step_template(pipeline: Pipeline, step: Step, carriage: Carriage, names: Names, prefix: str) -> dict[str, Data]:
    inputs = list(carriage.input_parameters)
    if step.fan_out:
        inputs.insert(0, {"name": "index"})
    values = [output.name for output in step.outputs if not output.artifact]
    outputs = merged(
        {"parameters": result([*values, STATE]), "artifacts": [*_artifacts(step, names, prefix), _record(step)]}
    )
    return merged(
        {"name": names.step[step.id]},
        {"inputs": merged({"parameters": inputs, "artifacts": carriage.input_artifacts}), "outputs": outputs},
        {"retryStrategy": _retry(step.retry) if step.retry else None},
        {"activeDeadlineSeconds": str(math.ceil(step.timeout) + BACKSTOP) if step.timeout else None},
        {"nodeSelector": None, "container": _container(pipeline, step, carriage, "run"), "volumes": _volumes(step)},
    )


def list_template(pipeline: Pipeline, step: Step, carriage: Carriage, names: Names) -> dict[str, Data]:
    """The list task of a fan-out: it decides once, for all items, and says which there are."""
    outputs = {"parameters": result([STATE, INDICES]), "artifacts": [_record(step)]}
    inputs = merged({"parameters": carriage.input_parameters, "artifacts": carriage.input_artifacts})
    container = _container(pipeline, step, carriage, "items")
    return merged(
        {"name": names.items[step.id], "inputs": inputs, "outputs": outputs, "container": container},
        {"volumes": _volumes(None)},
    )


def _artifacts(step: Step, names: Names, prefix: str) -> list[Data]:
    entries: list[Data] = []
    for output in step.outputs:
        if not output.artifact:
            continue
        entry: dict[str, Data] = {
            "name": output.name,
            "path": f"{WORK}/out/{output.name}/{output.file}",
            "optional": True,
        }
        if step.fan_out:
            entry |= {"archive": {"tar": {}}, "s3": {"key": artifact_key(prefix, names.step[step.id], output.name)}}
        entries.append(entry)
    return entries


def _record(step: Step) -> Data:
    return {"name": RECORD, "path": f"{WORK}/record.jsonl", "optional": True, "archive": {"none": {}}}


def _container(pipeline: Pipeline, step: Step, carriage: Carriage, verb: str) -> Data:
    resources = _resources(step.resources) if step.resources and verb == "run" else None
    environment: list[Data] = [
        {"name": "PIPEGLOT_ENGINE", "value": "argo"},
        {"name": "PIPEGLOT_RUN_ID", "value": f"{{{{workflow.parameters.{RUN_ID}}}}}"},
        {"name": "PIPEGLOT_NATIVE_RUN", "value": "{{workflow.uid}}"},
        {"name": "PIPEGLOT_ATTEMPT", "value": "{{=int(retries) + 1}}" if step.retry and verb == "run" else "1"},
        {"name": "PIPEGLOT_RESULT", "value": f"{WORK}/result"},
        {"name": "PIPEGLOT_OUT", "value": f"{WORK}/out"},
        {"name": "PIPEGLOT_WORK", "value": f"{WORK}/work"},
        {"name": "PIPEGLOT_RECORD_FILE", "value": f"{WORK}/record.jsonl"},
    ]
    if step.fan_out and verb == "run":
        environment.append({"name": "PIPEGLOT_INDEX", "value": "{{inputs.parameters.index}}"})
        environment.append({"name": "PIPEGLOT_OPAQUE_ITEMS", "value": "1"})
    if pipeline.deadline and not step.on_exit:
        environment.append({"name": "PIPEGLOT_DEADLINE", "value": str(pipeline.deadline)})
        environment.append({"name": "PIPEGLOT_RUN_STARTED", "value": "{{workflow.creationTimestamp.s}}"})
    mounts: list[Data] = [
        {"name": "pipeglot", "mountPath": SIDECAR, "readOnly": True},
        {"name": "pipeglot-work", "mountPath": WORK},
    ]
    if step.resources and step.resources.shm and verb == "run":
        mounts.append({"name": "pipeglot-shm", "mountPath": "/dev/shm"})
    return merged(
        {"image": step.image, "command": ["python3", f"{SIDECAR}/sidecar.py", verb, step.id]},
        {"workingDir": step.workdir, "env": [*environment, *carriage.environment], "resources": resources},
        {"volumeMounts": mounts},
    )


def _volumes(step: Step | None) -> list[Data]:
    volumes: list[Data] = [{"name": "pipeglot-work", "emptyDir": _EMPTY}]
    if step and step.resources and step.resources.shm:
        shm: dict[str, Data] = {"medium": "Memory", "sizeLimit": step.resources.shm}
        volumes.append({"name": "pipeglot-shm", "emptyDir": shm})
    return volumes


_EMPTY: Mapping[str, Data] = {}


def _resources(resources: Resources) -> Data:
    amounts = merged(
        {"cpu": resources.cpu, "memory": resources.memory, "ephemeral-storage": resources.disk},
        {"nvidia.com/gpu": str(resources.gpu.count) if resources.gpu else None},
    )
    return merged({"requests": amounts, "limits": amounts})


def _retry(retry: Retry) -> Data:
    backoff: dict[str, Data] = {}
    if retry.delay:
        backoff = merged(
            {"duration": _seconds(retry.delay), "factor": _factor(retry.backoff)},
            {"cap": _seconds(retry.max_delay) if retry.max_delay else None},
        )
    return merged(
        {"limit": str(retry.limit), "retryPolicy": "Always", "backoff": backoff, "expression": _expression(retry)}
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:g}s" if seconds >= 1 else f"{round(seconds * 1000)}ms"


def _factor(backoff: float) -> str | None:
    return f"{backoff:g}" if backoff != 1 else None


def _expression(retry: Retry) -> str:
    """Which ends are tried again: by the exit code where the sidecar gave one, else the engine lost the pod."""
    never = ", ".join(f"'{code}'" for code in NEVER_RETRIED)
    terms = [f"not (lastRetry.exitCode in [{never}])"]
    lost = "lastRetry.exitCode in ['', '-1']"
    excluded = {
        RetryOn.LOST: f"not ({lost})",
        RetryOn.TIMEOUT: f"lastRetry.exitCode != '{TIMEOUT}'",
        RetryOn.ERROR: f"({lost} or lastRetry.exitCode == '{TIMEOUT}')",
    }
    return " and ".join([*terms, *(term for cause, term in excluded.items() if cause not in retry.on)])
