"""Argo's own expressions, those few that stand in the manifests.

Outputs are looked up by `get`: where arguments name one that is not there, Argo holds the task back for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

CANCELLED = "pipeglot/cancelled"
"""The annotation by which a workflow is known to have been cancelled through us."""

SHUTDOWN = " with strategy"
NO_FAILURE = (SHUTDOWN, "deadline", "(exit code 143)")
"""What Argo says of a pod that was ended by somebody, and did not fail."""

TRY = "{{=int(retries) + 1}}"
SCHEDULED = "{{=get(workflow, 'scheduledTime') ?? ''}}"
"""Runs that a person starts have none."""


def typed(param: str) -> str:
    """What a person typed, as base64: neither Argo nor Kubernetes finds a tag of its own in that."""
    return f"base64:{{{{=sprig.b64enc(workflow.parameters['{param}'])}}}}"


def left(task: str, output: str) -> str:
    """What a task left, else nothing.

    One that failed or was omitted may have left nothing; a fan-out over nothing has no outputs, and one whose items all
    failed has a text in the place of its outputs.
    """
    outputs = f"get(get(get(tasks, '{task}'), 'outputs'), 'parameters')"
    return f"{{{{=let left = {outputs}; type(left) == 'map' ? get(left, '{output}') ?? '' : ''}}}}"


_GLOBAL = "get(get(workflow, 'outputs'), 'parameters')"


def left_globally(name: str) -> str:
    """The same for an exit handler, which sees the outputs that have a global name."""
    return f"{{{{=get({_GLOBAL}, '{name}') ?? ''}}}}"


def all_left_globally(name: str) -> str:
    """What the items of a fan-out left, each under the name and its index."""
    return (
        f"{{{{=let left = {_GLOBAL} ?? {{}}; "
        f"toJson(map(filter(keys(left), {{# startsWith '{name}-'}}), {{get(left, #)}}))}}}}"
    )


def run_status() -> str:
    return (
        "{{=workflow.status == 'Succeeded' ? '\"succeeded\"' : "
        f"get(get(workflow, 'annotations'), '{CANCELLED}') != nil or workflow.failures contains '{SHUTDOWN}' "
        "? '\"cancelled\"' : '\"failed\"'}}"
    )


def failed_steps(steps: Iterable[tuple[str, str]]) -> str:
    """The ids of the steps that failed; `steps` holds ids and task names, in the order that is wanted.

    `workflow.failures` is JSON inside a quoted Go string, with tries that failed and pods that were stopped among it.
    """
    pairs = ", ".join(f"['{id}', '{task}']" for id, task in steps)
    not_failed = " or ".join(f"# contains '{word}'" for word in NO_FAILURE)
    return (
        '{{=let nodes = split(workflow.failures, \'{\\\\"displayName\\\\":\\\\"\'); '
        f"toJson(map(filter([{pairs}], {{let name = #[1] + '\\\\\",'; "
        f"any(nodes, {{# startsWith name and not ({not_failed})}})}}), {{#[0]}}))}}}}"
    )
