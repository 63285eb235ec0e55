"""The platform document: where pods are to run and what is mounted there, for executors that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.judges.kubeflow import forms
from tests.judges.kubeflow.scopes import inputs, scopes

OBJECT = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
VOLUME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
NAMES = ("secretName", "configMapName", "constant")
MOUNTED = ("secretAsVolume", "configMapAsVolume", "pvcMount", "emptyDirMounts")
SET = ("secretAsEnv", "configMapAsEnv")


def faults(document: Any, spec: Mapping[str, Any]) -> Iterator[str]:
    found = list(forms.faults(document, "PlatformSpec"))
    yield from found
    if found:
        return
    for platform, of in document["platforms"].items():
        if platform != "kubernetes":
            yield f"the platform {platform!r} is unknown"
        for label, placement in of.get("deploymentSpec", {}).get("executors", {}).items():
            executor = spec["deploymentSpec"]["executors"].get(label)
            if executor is None:
                yield f"{label}: there is no such executor"
                continue
            variables = [each["name"] for each in executor.get("container", {}).get("env", ())]
            for fault in (*_placement(placement, variables), *_named(placement, label, spec)):
                yield f"{label}: {fault}"


def _placement(placement: Mapping[str, Any], variables: list[str]) -> Iterator[str]:  # noqa: C901  # checks, one after the other
    folders = [each["mountPath"] for kind in MOUNTED for each in placement.get(kind, ())]
    for folder in folders:
        if folders.count(folder) > 1:
            yield f"two things are mounted at {folder}"
    volumes = [each["volumeName"] for each in placement.get("emptyDirMounts", ())]
    volumes += [each["volumeName"] for each in [placement.get("enabledSharedMemory")] if each]
    for name in volumes:
        if not VOLUME.fullmatch(name) or volumes.count(name) > 1:
            yield f"{name!r} is no volume, or stands twice"
    set_here = [key["envVar"] for kind in SET for each in placement.get(kind, ()) for key in each["keyToEnv"]]
    set_here += [each["name"] for each in placement.get("fieldPathAsEnv", ())]
    for name in set_here:
        if [*set_here, *variables].count(name) > 1:
            yield f"the variable {name} is set twice"
    for kind in (*MOUNTED, *SET):
        for each in placement.get(kind, ()):
            for name in (each[key] for key in NAMES if key in each):
                if not OBJECT.fullmatch(name):
                    yield f"{name!r} is no object of Kubernetes"


def _named(placement: Mapping[str, Any], label: str, spec: Mapping[str, Any]) -> Iterator[str]:
    """Names that come from a parameter: of the DAG in which the task stands."""
    parts = [each for value in placement.values() if isinstance(value, list) for each in value]
    wanted = {
        part["componentInputParameter"]
        for each in parts
        for part in each.values()
        if isinstance(part, dict) and "componentInputParameter" in part
    }
    for scope in scopes(spec):
        labels = {scope.of(task).get("executorLabel") for task in scope.tasks}
        for name in sorted(wanted - set(inputs(scope.component, "parameters"))) if label in labels else ():
            yield f"{scope.place} has no parameter {name!r}"
