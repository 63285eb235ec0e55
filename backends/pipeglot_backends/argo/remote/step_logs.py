"""The logs of a step on Argo: of pods that are there, else those that Argo archived."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from pipeglot_backends.argo.remote import messages
from pipeglot_backends.argo.remote.api import Api, Manifest
from pipeglot_backends.argo.remote.connection import connected
from pipeglot_backends.argo.remote.listing import arguments_of
from pipeglot_backends.argo.remote.submit import found_workflow, nodes_of, state_of, stored
from pipeglot_backends.remote.protocol import Access, Handle, StepLogs, TaskLog
from pipeglot_backends.remote.responses import NotFound

ARCHIVED = "main-logs"
OF_ARGO = re.compile(r'^time="?\d\S+"? level=\w+ msg=.* argo=true\b.*\n?', re.MULTILINE)
"""What Argo's executor says between the lines of the step."""
FORMAT = "workflows.argoproj.io/pod-name-format"
LONGEST = 242
"""Characters of a pod's name before what tells nodes apart."""
ENDED = ("Succeeded", "Failed", "Error", "Skipped", "Omitted")


def read_logs(handle: Handle, step: str, access: Access) -> StepLogs:
    with connected(access) as api:
        workflow = found_workflow(api, handle.native["workflow"])
        if workflow is None:
            return StepLogs((), over=True)
        templates = {name for name, of in messages.steps_of(workflow) if of == step}
        nodes = [node for node in nodes_of(workflow) if node.get("templateName") in templates]
        pods = sorted((node for node in nodes if node["type"] == "Pod"), key=lambda node: node.get("startedAt") or "")
        logs = tuple(_logs(api, workflow, pods, access))
    over = state_of(workflow).over or (bool(nodes) and all(node.get("phase") in ENDED for node in nodes))
    return StepLogs(logs, over, arguments_of(workflow))


def _logs(api: Api, workflow: Manifest, pods: list[Manifest], access: Access) -> Iterator[TaskLog]:
    for node in pods:
        text = _text(api, workflow, node, access)
        if text is not None:
            yield TaskLog(text, messages.number_of(node), messages.item_of(node))


def _text(api: Api, workflow: Manifest, node: Manifest, access: Access) -> str | None:
    with contextlib.suppress(NotFound):
        if text := api.log(workflow["metadata"]["name"], pod_name(workflow, node)):
            return OF_ARGO.sub("", text)
    archived = stored(workflow, node, ARCHIVED, access)
    return None if archived is None else OF_ARGO.sub("", archived.decode("utf-8", "replace"))


def pod_name(workflow: Manifest, node: Manifest) -> str:
    """As Argo makes it: what tells nodes apart, after the names of workflow and template; of old ones the node's id."""
    name, identity = workflow["metadata"]["name"], str(node["id"])
    if workflow["metadata"].get("annotations", {}).get(FORMAT) == "v1":
        return identity
    before = f"{name}-{node['templateName']}"[:LONGEST]
    return f"{before}-{identity.rpartition('-')[2]}"
