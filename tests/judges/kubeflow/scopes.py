"""What the parts of a definition offer each other: components by name, and the inputs and outputs of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ROOT = "root"
COMPLETED = "ALL_UPSTREAM_TASKS_COMPLETED"


@dataclass(frozen=True)
class Scope:
    """One DAG: the component that it is, its tasks, and all components that they may be of.

    `iterated`: a task runs it once for each item, so that its outputs are lists.
    """

    place: str
    component: Mapping[str, Any]
    components: Mapping[str, Any]
    iterated: bool = False

    @property
    def tasks(self) -> Mapping[str, Any]:
        tasks: Mapping[str, Any] = self.component["dag"]["tasks"]
        return tasks

    def of(self, task: str) -> Mapping[str, Any]:
        """The component of a task; of one that is not there, nothing."""
        found: Mapping[str, Any] = self.components.get(self.tasks[task]["componentRef"]["name"], {})
        return found

    def sources(self, task: str) -> set[str]:
        """The tasks whose outputs or status a task is given."""
        given = self.tasks[task].get("inputs", {})
        found = (part for kind in ("parameters", "artifacts") for part in given.get(kind, {}).values())
        return {producer for part in found if (producer := producer_of(part))}

    def before(self, task: str) -> set[str]:
        """All tasks that are over before a task starts: those that it depends on, and theirs."""
        seen: set[str] = set()
        ahead = list(self.tasks[task].get("dependentTasks", ()))
        while ahead:
            name = ahead.pop()
            if name in self.tasks and name not in seen:
                seen.add(name)
                ahead += self.tasks[name].get("dependentTasks", ())
        return seen


def producer_of(part: Mapping[str, Any]) -> str | None:
    for kind in ("taskOutputParameter", "taskOutputArtifact", "taskFinalStatus"):
        if kind in part:
            return str(part[kind]["producerTask"])
    return None


def scopes(spec: Mapping[str, Any]) -> Iterator[Scope]:
    components = spec["components"]
    iterated = {name for name, looped in uses(spec) if looped}
    if "dag" in spec["root"]:
        yield Scope(ROOT, spec["root"], components)
    for name, component in components.items():
        if "dag" in component:
            yield Scope(name, component, components, name in iterated)


def uses(spec: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The component of each task, and whether the task iterates."""
    for component in (spec["root"], *spec["components"].values()):
        for task in component.get("dag", {}).get("tasks", {}).values():
            yield task["componentRef"]["name"], "parameterIterator" in task


def inputs(component: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = component.get("inputDefinitions", {}).get(kind, {})
    return found


def outputs(component: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = component.get("outputDefinitions", {}).get(kind, {})
    return found


def artifact(definition: Mapping[str, Any]) -> tuple[str, bool]:
    """What kind of artifact it is, and whether a list of them."""
    kind = definition["artifactType"]
    title = kind.get("schemaTitle") or kind.get("schemaUri") or kind.get("instanceSchema")
    return str(title), bool(definition.get("isArtifactList"))
