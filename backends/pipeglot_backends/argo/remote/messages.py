"""What Argo says of a workflow that went wrong: in the words of its own pages, and by the steps of the pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeglot_backends.argo.remote.api import Manifest
from pipeglot_backends.remote.protocol import Said
from pipeglot_backends.remote.sdk import moment, one_line

WRONG = ("Failed", "Error")
VERBS = ("run", "items")


def of_run(workflow: Manifest) -> str | None:
    status = workflow.get("status", {})
    return one_line(status.get("message")) if status.get("phase") in WRONG else None


def of_nodes(nodes: Sequence[Manifest]) -> Mapping[str, str]:
    messages = {node["displayName"]: one_line(node.get("message")) for node in nodes if node.get("phase") in WRONG}
    return {name: message for name, message in messages.items() if message}


def of_steps(workflow: Manifest, nodes: Sequence[Manifest], recorded: frozenset[str]) -> Iterator[Said]:
    """Of each pod that failed: the last one of a step says most. `recorded` are the nodes whose record is there."""
    steps = dict(steps_of(workflow))
    pods = [node for node in nodes if node["type"] == "Pod" and node.get("phase") in WRONG]
    for node in sorted(pods, key=lambda node: node.get("startedAt") or ""):
        step = steps.get(node.get("templateName", ""))
        if step is None:
            continue
        ran = "exitCode" in node.get("outputs", {}) and node["id"] not in recorded
        yield Said(
            step,
            item_of(node),
            one_line(node.get("message")),
            moment(node.get("startedAt")) if ran else None,
            number_of(node),
        )


def steps_of(workflow: Manifest) -> Iterator[tuple[str, str]]:
    """Of each template the step that it runs: what its sidecar is told."""
    status = workflow.get("status", {})
    for template in (status.get("storedWorkflowTemplateSpec") or workflow["spec"]).get("templates", ()):
        container: Mapping[str, Any] = template.get("container") or {}
        arguments: Sequence[str] = container.get("args", ())
        if len(arguments) == 2 and arguments[0] in VERBS:
            yield template["name"], arguments[1]


def item_of(node: Manifest) -> str | None:
    parameters = node.get("inputs", {}).get("parameters", ())
    return next((str(each.get("value")) for each in parameters if each["name"] == "index"), None)


def number_of(node: Manifest) -> int:
    """Tries of a step that has several are shown as `step(0)`, `step(1)`."""
    shown = str(node["displayName"])
    inside = shown.rpartition("(")[2].rstrip(")")
    return int(inside) + 1 if shown.endswith(")") and inside.isdecimal() else 1
