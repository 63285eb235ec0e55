"""The messages that a definition is made of: which fields each has, and what may stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# `!`: must be there and not be empty. `[X]` a list of X, `{X}` a mapping of names to X. Capitals name another message.
MESSAGES: Mapping[str, Mapping[str, str]] = {
    "PipelineSpec": {
        "pipelineInfo": "PipelineInfo!", "deploymentSpec": "Deployment!", "sdkVersion": "text!",
        "schemaVersion": "text!", "components": "{Component}!", "root": "Component!", "defaultPipelineRoot": "text",
    },
    "PipelineInfo": {"name": "text!", "displayName": "text", "description": "text"},
    "Deployment": {"executors": "{Executor}!"},
    "Component": {
        "inputDefinitions": "Inputs", "outputDefinitions": "Outputs", "dag": "Dag", "executorLabel": "text",
        "singlePlatformSpecs": "[any]", "taskConfigPassthroughs": "[any]",
    },
    "Inputs": {"artifacts": "{InputArtifact}", "parameters": "{InputParameter}"},
    "InputArtifact": {
        "artifactType": "ArtifactType!", "isArtifactList": "bool", "isOptional": "bool", "description": "text",
    },
    "InputParameter": {
        "parameterType": "parameter type!", "defaultValue": "any", "isOptional": "bool", "description": "text",
        "literals": "[any]",
    },
    "Outputs": {"artifacts": "{OutputArtifact}", "parameters": "{OutputParameter}"},
    "OutputArtifact": {
        "artifactType": "ArtifactType!", "isArtifactList": "bool", "metadata": "{any}", "description": "text",
    },
    "OutputParameter": {"parameterType": "parameter type!", "description": "text"},
    "ArtifactType": {
        "schemaTitle": "text", "schemaUri": "text", "instanceSchema": "text", "schemaVersion": "text",
    },
    "Dag": {"tasks": "{Task}!", "outputs": "DagOutputs"},
    "DagOutputs": {"artifacts": "{ArtifactSelectors}", "parameters": "{ParameterSource}"},
    "ArtifactSelectors": {"artifactSelectors": "[ArtifactSelector]!"},
    "ArtifactSelector": {"producerSubtask": "text!", "outputArtifactKey": "text!"},
    "ParameterSource": {"valueFromParameter": "ParameterSelector", "valueFromOneof": "ParameterSelectors"},
    "ParameterSelectors": {"parameterSelectors": "[ParameterSelector]!"},
    "ParameterSelector": {"producerSubtask": "text!", "outputParameterKey": "text!"},
    "Task": {
        "taskInfo": "TaskInfo!", "inputs": "TaskInputs", "dependentTasks": "[text]", "cachingOptions": "Caching",
        "componentRef": "Reference!", "triggerPolicy": "Trigger", "artifactIterator": "any",
        "parameterIterator": "Iterator", "retryPolicy": "Retry", "iteratorPolicy": "IteratorPolicy",
    },
    "TaskInfo": {"name": "text!"},
    "Reference": {"name": "text!"},
    "Caching": {"enableCache": "bool", "cacheKey": "text"},
    "Trigger": {"condition": "text", "strategy": "strategy"},
    "TaskInputs": {"parameters": "{TaskParameter}", "artifacts": "{TaskArtifact}"},
    "TaskParameter": {
        "taskOutputParameter": "TaskOutputParameter", "runtimeValue": "Constant", "componentInputParameter": "text",
        "taskFinalStatus": "FinalStatus", "parameterExpressionSelector": "text",
    },
    "TaskOutputParameter": {"producerTask": "text!", "outputParameterKey": "text!"},
    "Constant": {"constant": "any"},
    "FinalStatus": {"producerTask": "text!"},
    "TaskArtifact": {"taskOutputArtifact": "TaskOutputArtifact", "componentInputArtifact": "text"},
    "TaskOutputArtifact": {"producerTask": "text!", "outputArtifactKey": "text!"},
    "Iterator": {"items": "IteratorItems!", "itemInput": "text!"},
    "IteratorItems": {"raw": "text", "inputParameter": "text"},
    "IteratorPolicy": {"parallelismLimit": "count"},
    "Retry": {
        "maxRetryCount": "count", "backoffDuration": "duration", "backoffFactor": "number",
        "backoffMaxDuration": "duration",
    },
    "Executor": {"container": "Container", "importer": "Importer", "resolver": "any", "customJob": "any"},
    "Container": {
        "image": "text!", "command": "[text]", "args": "[text]", "resources": "Resources", "env": "[Variable]",
        "lifecycle": "any",
    },
    "Variable": {"name": "text!", "value": "text"},
    "Resources": {
        "cpuLimit": "number", "memoryLimit": "number", "cpuRequest": "number", "memoryRequest": "number",
        "resourceCpuLimit": "quantity", "resourceMemoryLimit": "quantity", "resourceCpuRequest": "quantity",
        "resourceMemoryRequest": "quantity", "accelerator": "Accelerator",
    },
    "Accelerator": {"type": "text", "count": "amount", "resourceType": "text", "resourceCount": "amount"},
    "Importer": {
        "artifactUri": "Constant!", "typeSchema": "ArtifactType!", "reimport": "bool", "metadata": "{any}",
        "downloadToWorkspace": "bool",
    },
    # the document beside it
    "PlatformSpec": {"platforms": "{Platform}!"},
    "Platform": {
        "deploymentSpec": "PlatformDeployment", "platform": "text", "config": "any", "pipelineConfig": "PipelineConfig",
    },
    "PlatformDeployment": {"executors": "{Placement}"},
    "PipelineConfig": {
        "resourceTtlOnCompletion": "count", "resourceTtlOnSuccess": "count", "resourceTtlOnFailure": "count",
        "activeDeadlineSeconds": "count", "workspace": "any",
    },
    "Placement": {
        "secretAsVolume": "[SecretVolume]", "secretAsEnv": "[SecretVariables]", "pvcMount": "[Claim]",
        "nodeSelector": "NodeSelector", "podMetadata": "PodMetadata", "imagePullSecret": "[PullSecret]",
        "imagePullPolicy": "pull policy", "configMapAsVolume": "[ConfigVolume]",
        "configMapAsEnv": "[ConfigVariables]", "activeDeadlineSeconds": "amount", "fieldPathAsEnv": "[FieldPath]",
        "tolerations": "[Toleration]", "genericEphemeralVolume": "[any]", "nodeAffinity": "[any]",
        "podAffinity": "[any]", "enabledSharedMemory": "SharedMemory", "emptyDirMounts": "[EmptyDir]",
        "securityContext": "SecurityContext",
    },
    "SecretVolume": {
        "secretName": "text", "mountPath": "folder!", "optional": "bool", "secretNameParameter": "TaskParameter",
    },
    "SecretVariables": {
        "secretName": "text", "keyToEnv": "[SecretKey]!", "optional": "bool", "secretNameParameter": "TaskParameter",
    },
    "SecretKey": {"secretKey": "text!", "envVar": "text!"},
    "Claim": {
        "taskOutputParameter": "TaskOutputParameter", "constant": "text", "componentInputParameter": "text",
        "mountPath": "folder!", "pvcNameParameter": "TaskParameter", "subPath": "text",
    },
    "NodeSelector": {"labels": "{text}", "nodeSelectorJson": "TaskParameter"},
    "PodMetadata": {"labels": "{text}", "annotations": "{text}"},
    "PullSecret": {"secretName": "text", "secretNameParameter": "TaskParameter"},
    "ConfigVolume": {
        "configMapName": "text", "mountPath": "folder!", "optional": "bool",
        "configMapNameParameter": "TaskParameter",
    },
    "ConfigVariables": {
        "configMapName": "text", "keyToEnv": "[ConfigKey]!", "optional": "bool",
        "configMapNameParameter": "TaskParameter",
    },
    "ConfigKey": {"configMapKey": "text!", "envVar": "text!"},
    "FieldPath": {"name": "text!", "fieldPath": "text!"},
    "Toleration": {
        "key": "text", "operator": "operator", "value": "text", "effect": "effect", "tolerationSeconds": "amount",
        "tolerationJson": "TaskParameter",
    },
    "SharedMemory": {"volumeName": "text!", "size": "quantity"},
    "EmptyDir": {"volumeName": "text!", "mountPath": "folder!", "medium": "medium", "sizeLimit": "quantity"},
    "SecurityContext": {"runAsUser": "amount", "runAsGroup": "amount", "runAsNonRoot": "bool"},
}  # fmt: skip

ONE_OF = {
    "Component": ("dag", "executorLabel"),
    "TaskParameter": ("taskOutputParameter", "runtimeValue", "componentInputParameter", "taskFinalStatus"),
    "TaskArtifact": ("taskOutputArtifact", "componentInputArtifact"),
    "ParameterSource": ("valueFromParameter", "valueFromOneof"),
    "IteratorItems": ("raw", "inputParameter"),
    "Executor": ("container", "importer", "resolver", "customJob"),
    "Constant": ("constant",),
    "ArtifactType": ("schemaTitle", "schemaUri", "instanceSchema"),
    "SecretVolume": ("secretName", "secretNameParameter"),
    "SecretVariables": ("secretName", "secretNameParameter"),
    "ConfigVolume": ("configMapName", "configMapNameParameter"),
    "ConfigVariables": ("configMapName", "configMapNameParameter"),
}
"""Exactly one of these is there; of a name in the document beside it, the old form and the new may both be."""
BOTH = ("SecretVolume", "SecretVariables", "ConfigVolume", "ConfigVariables")
WORDS = {
    "parameter type": (
        "NUMBER_DOUBLE", "NUMBER_INTEGER", "STRING", "BOOLEAN", "LIST", "STRUCT", "TASK_FINAL_STATUS",
    ),
    "strategy": ("ALL_UPSTREAM_TASKS_SUCCEEDED", "ALL_UPSTREAM_TASKS_COMPLETED"),
    "pull policy": ("Always", "Never", "IfNotPresent"),
    "operator": ("Exists", "Equal"),
    "effect": ("", "NoSchedule", "PreferNoSchedule", "NoExecute"),
    "medium": ("", "Memory"),
}  # fmt: skip
PATTERNS = {
    "duration": r"[0-9]+(\.[0-9]{1,9})?s",
    "quantity": r"[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?|\{\{\$\.inputs\.parameters\['[^']+'\]\}\}",
    "folder": r"/[^\0]*[^/\0]",
}


def _scalar(value: Any, kind: str) -> bool:
    if kind in PATTERNS:
        return isinstance(value, str) and bool(re.fullmatch(PATTERNS[kind], value))
    if kind in WORDS:
        return value in WORDS[kind] and isinstance(value, str)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return {
        "any": True,
        "text": isinstance(value, str),
        "bool": isinstance(value, bool),
        "number": number and value >= 0,
        "count": number and value >= 0 and value == int(value),
        # of 64 bits, which JSON carries as text
        "amount": (number and value > 0) or (isinstance(value, str) and bool(re.fullmatch("[1-9][0-9]*", value))),
    }[kind]


def faults(value: Any, kind: str, place: str = "") -> Iterator[str]:
    """What keeps a value from being of the kind, with the place of each fault."""
    kind = kind.rstrip("!")
    if kind.startswith("["):
        if not isinstance(value, list):
            yield f"{place}: a list is wanted"
            return
        for index, each in enumerate(value):
            yield from faults(each, kind[1:-1], f"{place}[{index}]")
    elif kind.startswith("{"):
        yield from _mapping(value, kind[1:-1], place)
    elif kind in MESSAGES:
        yield from _message(value, kind, place)
    elif not _scalar(value, kind):
        yield f"{place}: {value!r:.60} is no {kind}"


def _mapping(value: Any, kind: str, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: a mapping is wanted"
        return
    for name, each in value.items():
        if not isinstance(name, str) or not name:
            yield f"{place}: {name!r} is no name"
        yield from faults(each, kind, f"{place}.{name}")


def _message(value: Any, kind: str, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: a mapping is wanted"
        return
    fields = MESSAGES[kind]
    for name, each in value.items():
        if name in fields:
            yield from faults(each, fields[name], f"{place}.{name}".lstrip("."))
        else:
            yield f"{place}: the field {name!r} is unknown"
    for name, wanted in fields.items():
        if wanted.endswith("!") and not value.get(name):
            yield f"{place}: {name} is missing or empty"
    there = [name for name in ONE_OF.get(kind, ()) if name in value]
    if kind in ONE_OF and (not there or (len(there) > 1 and kind not in BOTH)):
        yield f"{place}: exactly one of {', '.join(ONE_OF[kind])} is wanted"
