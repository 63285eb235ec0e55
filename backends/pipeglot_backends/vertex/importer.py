"""A sidecar that is too long for the definition: a file on Cloud Storage, which every task takes as an artifact."""

from __future__ import annotations

import hashlib
from typing import cast

from pipeglot_backends.kubeflow.delivery import Delivery
from pipeglot_backends.kubeflow.types import ANY_ARTIFACT
from pipeglot_backends.yaml_text import Data

NAME, KEY = "pipeglot-sidecar", "artifact"
"""Of the task, and of all inputs that hold the sidecar; an importer has one output, of that name."""
Mapping = dict[str, Data]


def file_name(sidecar: str) -> str:
    """Says what it holds."""
    return f"pipeglot-{hashlib.sha256(sidecar.encode()).hexdigest()[:16]}.py"


def delivery() -> Delivery:
    return Delivery(("python3", f"{{{{$.inputs.artifacts['{NAME}'].path}}}}"))


def imported(spec: Mapping, uri: str) -> Mapping:
    """The same definition, with the importer, and an input of every component that takes what it brings."""
    components = {name: _component(_table(each)) for name, each in _table(spec["components"]).items()}
    executors = _table(_table(spec["deploymentSpec"])["executors"])
    root = _table(spec["root"])
    brought: Data = {"taskOutputArtifact": {"producerTask": NAME, "outputArtifactKey": KEY}}
    tasks = {key: _needing(_task(_table(task), brought)) for key, task in _tasks(root).items()}
    importer: Data = {"taskInfo": {"name": NAME}, "componentRef": {"name": f"comp-{NAME}"}, "cachingOptions": {}}
    return {
        **spec,
        "components": {**components, f"comp-{NAME}": _importer_component()},
        "deploymentSpec": {"executors": {**executors, f"exec-{NAME}": _importer(uri)}},
        "root": {**root, "dag": {**_table(root["dag"]), "tasks": {NAME: importer, **tasks}}},
    }


def _importer(uri: str) -> Data:
    schema: Data = {"schemaTitle": "system.Artifact", "schemaVersion": "0.0.1"}
    return {"importer": {"artifactUri": {"constant": uri}, "typeSchema": schema}}


def _importer_component() -> Data:
    return {"executorLabel": f"exec-{NAME}", "outputDefinitions": {"artifacts": {KEY: ANY_ARTIFACT}}}


def _component(component: Mapping) -> Mapping:
    inputs = _table(component.get("inputDefinitions") or {})
    taken: Data = {**inputs, "artifacts": {**_table(inputs.get("artifacts") or {}), NAME: ANY_ARTIFACT}}
    with_input: Mapping = {**component, "inputDefinitions": taken}
    if "dag" not in component:
        return with_input
    given: Data = {"componentInputArtifact": NAME}
    tasks = {key: _task(_table(task), given) for key, task in _tasks(component).items()}
    return {**with_input, "dag": {**_table(component["dag"]), "tasks": tasks}}


def _task(task: Mapping, source: Data) -> Mapping:
    inputs = _table(task.get("inputs") or {})
    return {**task, "inputs": {**inputs, "artifacts": {**_table(inputs.get("artifacts") or {}), NAME: source}}}


def _needing(task: Mapping) -> Mapping:
    needs = cast("list[Data]", task.get("dependentTasks") or [])
    return {**task, "dependentTasks": [*needs, NAME]}


def _tasks(component: Mapping) -> Mapping:
    return _table(_table(component["dag"])["tasks"])


def _table(value: Data) -> Mapping:
    return cast(Mapping, value)
