"""Executors: what each component starts, with placeholders that resolve and resources that can be asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.judges.kubeflow.values import unresolved

LONGEST_ARGUMENT = 128 * 1024 - 1
"""Linux ends one there."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
PAIRS = (("cpuLimit", "resourceCpuLimit"), ("memoryLimit", "resourceMemoryLimit"))


def faults(spec: Mapping[str, Any]) -> Iterator[str]:  # noqa: C901  # checks, one after the other
    executors = spec["deploymentSpec"]["executors"]
    users: dict[str, list[Any]] = {}
    for name, component in spec["components"].items():
        if "executorLabel" not in component:
            continue
        label = component["executorLabel"]
        users.setdefault(label, []).append(component)
        if label not in executors:
            yield f"{name}: there is no executor {label!r}"
    for label, executor in executors.items():
        if label not in users:
            yield f"{label} is an executor of no component"
        for kind in ("resolver", "customJob"):
            if kind in executor:
                yield f"{label}: a {kind} is nothing that a backend runs"
        if "container" in executor:
            yield from (f"{label}: {fault}" for fault in _container(executor["container"], users.get(label, [])))


def mixed_up(spec: Mapping[str, Any]) -> Iterator[str]:
    """Kubeflow keeps a component under its container: of two with equal ones the first would stand for both."""
    executors = spec["deploymentSpec"]["executors"]
    first: dict[str, tuple[str, Any]] = {}
    for name, component in spec["components"].items():
        container = executors.get(component.get("executorLabel"), {}).get("container")
        if container is None:
            continue
        interface = {way: each for way, each in component.items() if way != "executorLabel"}
        other, theirs = first.setdefault(json.dumps(container, sort_keys=True), (name, interface))
        if interface != theirs:
            yield f"{name}: has the container of {other}, which would stand for it"


def _container(container: Mapping[str, Any], components: list[Any]) -> Iterator[str]:
    if re.search(r"\s", container["image"]):
        yield f"{container['image']!r} is no image"
    words = [*container.get("command", ()), *container.get("args", ())]
    variables = container.get("env", [])
    names = [each["name"] for each in variables]
    for name in names:
        if not VARIABLE.fullmatch(name) or names.count(name) > 1:
            yield f"{name!r} is no variable, or stands twice"
    for word in words:
        if len(word.encode()) > LONGEST_ARGUMENT:
            yield f"the argument {word[:40]!r}… is longer than Linux allows"
    for component in components:
        for text in (*words, *(each.get("value", "") for each in variables)):
            yield from unresolved(text, component)
    yield from _accelerator(container.get("resources", {}).get("accelerator"))


def _accelerator(found: Mapping[str, Any] | None) -> Iterator[str]:
    if found is None:
        return
    kinds = {found[key] for key in ("type", "resourceType") if found.get(key)}
    counts = {str(found[key]) for key in ("count", "resourceCount") if key in found}
    if len(kinds) != 1 or len(counts) != 1:
        yield f"an accelerator is of one kind, and so many: {dict(found)}"
