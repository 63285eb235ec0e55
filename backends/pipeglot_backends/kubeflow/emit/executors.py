"""Executors: the container of a step, and what only the Kubernetes below can give it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import cast

from pipeglot.ir import ConfigKey, Gpu, Json, Pipeline, Pod, PodField, Resources, Retry, RetryOn, Secret, Step
from pipeglot_backends.emit import carried_retries, places, pods, sinks
from pipeglot_backends.emit.patching import inside, laid_over
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.kubeflow.emit import volumes
from pipeglot_backends.kubeflow.emit.bindings import code_folder, merged
from pipeglot_backends.kubeflow.emit.delivery import STEPS_FOLDER, Delivery
from pipeglot_backends.kubeflow.settings import GPU_LABEL
from pipeglot_expression.runtime.contract import BACKSTOP, plain_seconds

OUTSIDE = (Secret, ConfigKey, PodField)


def gpu_of_kubernetes(gpu: Gpu) -> str:
    """What Kubernetes calls it: the kind is a matter of the node."""
    return gpu.resource


def container(
    pipeline: Pipeline, step: Step, delivery: Delivery, engine: str, gpu_name: Callable[[Gpu], str], mark: str | None
) -> Data:
    """`mark` tells it from the containers of unlike components, where that is needed."""
    variables = merged(
        {"PIPEGLOT_ENGINE": engine, "PIPEGLOT_RECORD_LOG": "failure", **code_folder(step.workdir)},
        {"PIPEGLOT_COMPONENT": mark},
        {"PIPEGLOT_TABLE": f"{STEPS_FOLDER}/steps.json" if delivery.mounted and delivery.tabled else None},
        {"PIPEGLOT_DEADLINE": plain_seconds(pipeline.deadline) if pipeline.deadline and not step.on_exit else None},
        {"PIPEGLOT_RECORD_ON_FAILURE": "fail" if pipeline.records.fail else None},
        sinks.variables(pipeline),
        places.told_of_work(pipeline),
        {"PIPEGLOT_ENV_FROM": json.dumps(volumes.brought(step.pod)[0]) if step.pod and step.pod.env_from else None},
    )
    made = merged(
        {"image": step.image, "command": [*delivery.command, "execute", "{{$}}"]},
        {"env": [{"name": name, "value": value} for name, value in variables.items()]},
        {"resources": _resources(step.resources, gpu_name) if step.resources else None},
    )
    return laid_over(made, inside(step.patches.get(engine), "container"))


def kubernetes(
    step: Step, delivery: Delivery, settings: Mapping[str, Json], server: str | None = None
) -> dict[str, Data]:
    """For the platform document; empty for most steps. `server` is where records are sent."""
    resources = step.resources
    shared = resources.shm if resources else None
    made = merged(
        _variables({**step.env, sinks.TOKEN: sinks.SECRET} if server else step.env),
        {"nodeSelector": _node(step, settings)},
        _mounted(step.pod, delivery),
        _pod(step.pod) if step.pod else {},
        {"activeDeadlineSeconds": str(_longest(step) + BACKSTOP) if step.timeout else None},
        {"enabledSharedMemory": {"volumeName": "pipeglot-shm", "size": shared} if shared else None},
    )
    return laid_over(made, inside(step.patches.get("kubeflow"), "kubernetes"))


def _longest(step: Step) -> int:
    assert step.timeout is not None
    return carried_retries.longest(step.timeout, step.retry)


def tries_of_engine(retry: Retry | None) -> dict[str, Data]:
    """Of a task: for what is lost alone. Kubeflow ends retrying after the longest time, that of the tries included."""
    if retry is None or RetryOn.LOST not in retry.on:
        return {}
    times: dict[str, Data] = {"backoffDuration": f"{round(retry.delay)}s", "backoffFactor": float(round(retry.backoff))}
    return {"retryPolicy": {"maxRetryCount": retry.limit, **times, "backoffMaxDuration": f"{carried_retries.EVER}s"}}


def placement(pod: Pod | None) -> dict[str, Data]:
    """For the platform document: where a pod of that step runs and who may pull its image; nothing that is mounted."""
    if pod is None:
        return {}
    return merged({"nodeSelector": {"labels": dict(pod.node_selector)} if pod.node_selector else None}, _pod(pod))


def _resources(resources: Resources, gpu_name: Callable[[Gpu], str]) -> Data:
    gpu = resources.gpu
    return merged(
        {"resourceCpuLimit": resources.most_cpu, "resourceCpuRequest": resources.cpu},
        {"resourceMemoryLimit": resources.most_memory, "resourceMemoryRequest": resources.memory},
        {"accelerator": {"resourceType": gpu_name(gpu), "resourceCount": str(gpu.count)} if gpu else None},
    )


def _variables(env: Mapping[str, object]) -> dict[str, Data]:
    kinds = {kind: [(name, each) for name, each in env.items() if isinstance(each, kind)] for kind in OUTSIDE}
    fields: list[Data] = [
        {"name": name, "fieldPath": each.path} for name, each in kinds[PodField] if isinstance(each, PodField)
    ]
    return merged(
        {"secretAsEnv": [_key("secret", "secretKey", name, each) for name, each in kinds[Secret]]},
        {"configMapAsEnv": [_key("configMap", "configMapKey", name, each) for name, each in kinds[ConfigKey]]},
        {"fieldPathAsEnv": fields},
    )


def _key(kind: str, field: str, variable: str, value: object) -> Data:
    assert isinstance(value, Secret | ConfigKey)
    found: Data = {field: value.key, "envVar": variable}
    return merged(
        {f"{kind}Name": value.name, f"{kind}NameParameter": volumes.constant(value.name), "keyToEnv": [found]},
        {"optional": value.optional or None},
    )


def _mounted(pod: Pod | None, delivery: Delivery) -> Mapping[str, Data]:
    found: dict[str, list[Data]] = {"configMapAsVolume": [*_config_maps(delivery)]}
    for each in (volumes.of(pod), volumes.brought(pod)[1]) if pod else ():
        found = {name: [*found.get(name, []), *each.get(name, [])] for name in dict.fromkeys((*found, *each))}
    return found


def _pod(pod: Pod) -> dict[str, Data]:
    pulling: list[Data] = [
        {"secretName": each, "secretNameParameter": volumes.constant(each)} for each in pod.image_pull_secrets
    ]
    tolerations: list[Data] = [_toleration(each) for each in pod.tolerations]
    nodes = pod.affinity.get("nodeAffinity")
    affinity: Data = [{"nodeAffinityJson": {"runtimeValue": {"constant": cast(Data, nodes)}}}] if nodes else None
    rights: Data = {name: _number(value) for name, value in pod.security_context.items()}
    return merged(
        {"tolerations": tolerations, "imagePullSecret": pulling, "imagePullPolicy": pod.image_pull_policy},
        {"podMetadata": pods.metadata(pod)},
        {"nodeAffinity": affinity, "securityContext": rights},
    )


def _number(value: Json) -> Data:
    """Numbers of 64 bits are texts in the document."""
    return str(value) if type(value) is int else cast(Data, value)


def _toleration(toleration: Mapping[str, Json]) -> Data:
    return {name: _number(value) for name, value in toleration.items()}


def _node(step: Step, settings: Mapping[str, Json]) -> Data:
    gpu = step.resources.gpu if step.resources else None
    wanted: dict[str, Data] = {pods.node_label(gpu, settings.get(GPU_LABEL)): gpu.type} if gpu and gpu.type else {}
    wanted |= step.pod.node_selector if step.pod else {}
    return {"labels": wanted} if wanted else None


def _config_maps(delivery: Delivery) -> list[Data]:
    return [
        {"configMapName": name, "configMapNameParameter": volumes.constant(name), "mountPath": folder}
        for name, folder in delivery.mounted
    ]
