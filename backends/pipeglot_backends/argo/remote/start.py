"""Starts a workflow from the template that was delivered, and from no other.

For a moment after a delivery Argo still sees the template as it was, or none. So the workflow is created asleep, and
woken once Argo says by which template it will run. To write the template out in the workflow would be no way round:
Argo then replaces its own tags in what people typed as parameters.
"""

from __future__ import annotations

import contextlib
import time

from pipeglot_backends.argo.names import CONTENT
from pipeglot_backends.argo.remote.api import Api, Manifest
from pipeglot_backends.remote.responses import NotFound
from pipeglot_backends.remote.sdk import rejected

PAUSE = 0.5
NUDGED_EVERY = 5.0
"""Seconds in which Argo looks at a workflow that changed. On a busy machine it misses changes, until the next one."""
BEGUN_WITHIN = 60.0
"""Seconds after which a workflow that was woken is left to Argo: a busy cluster lets it wait for its turn."""


def start(api: Api, workflow: Manifest, template: Manifest, patience: float) -> None:
    """Raises `Conflict` where a workflow of that name is there already."""
    asleep = {**workflow, "spec": {**workflow["spec"], "suspend": True}}
    api.create("workflows", asleep)
    resume(api, asleep, template, patience)


def resume(api: Api, asleep: Manifest, template: Manifest, patience: float) -> None:
    """Creates it again for as long as Argo sees another template."""
    name, until = asleep["metadata"]["name"], time.monotonic() + patience
    due = Due()
    while (seen := _seen(api.get("workflows", name))) != content(template["spec"]):
        if due.now():
            api.nudge(name, due.mark, awake=False)
        if time.monotonic() > until:
            api.delete("workflows", name)
            raise rejected("PG524", f"{api.where} does not see the workflow template {template['metadata']['name']}")
        if seen is not None:
            api.delete("workflows", name)
            _wait_until_gone(api, name)
            api.create("workflows", asleep)
        time.sleep(PAUSE)
    api.resume(name)
    with contextlib.suppress(NotFound):
        _see_begun(api, name)


class Due:
    """When Argo is to be told again that a workflow changed; `mark` is another one each time."""

    def __init__(self) -> None:
        self._told, self._next = 0, time.monotonic() + NUDGED_EVERY

    def now(self) -> bool:
        if time.monotonic() < self._next:
            return False
        self._told += 1
        self._next = time.monotonic() + NUDGED_EVERY
        return True

    @property
    def mark(self) -> str:
        return str(self._told)


def _see_begun(api: Api, name: str) -> None:
    due, until = Due(), time.monotonic() + BEGUN_WITHIN
    while time.monotonic() < until and not _has_begun(api.get("workflows", name)):
        if due.now():
            api.nudge(name, due.mark, awake=True)
        time.sleep(PAUSE)


def _has_begun(workflow: Manifest) -> bool:
    status = workflow.get("status", {})
    return any(status.get(key) for key in ("nodes", "compressedNodes", "offloadNodeStatusVersion", "finishedAt"))


def content(spec: Manifest) -> str:
    """Names all that the template says."""
    return str(spec.get("workflowMetadata", {}).get("annotations", {}).get(CONTENT, ""))


def is_suspended(workflow: Manifest) -> bool:
    """Created, and not woken: whoever created it was cut off."""
    return bool(workflow["spec"].get("suspend")) and not workflow.get("status", {}).get("nodes")


def _seen(workflow: Manifest) -> str | None:
    """The content of the template that Argo has read, None as long as it has read none."""
    status = workflow.get("status", {})
    if status.get("phase") == "Error":
        return ""
    stored = status.get("storedWorkflowTemplateSpec")
    return content(stored) if stored else None


def _wait_until_gone(api: Api, name: str) -> None:
    try:
        while True:
            api.get("workflows", name)
            time.sleep(PAUSE)
    except NotFound:
        return
