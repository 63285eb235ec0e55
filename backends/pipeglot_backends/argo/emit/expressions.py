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
BY_A_STOP = ("(exit code 69)", "(exit code 137)", "pod deleted")
"""The same, where the workflow was stopped: the sidecar in the pod was told nothing, and took itself for lost."""

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


_STOPPED = f"(get(get(workflow, 'annotations'), '{CANCELLED}') != nil or workflow.failures contains '{SHUTDOWN}')"
_FAILURES = 'split(workflow.failures, \'{\\\\"displayName\\\\":\\\\"\')'
"""One text for each node that failed or was stopped, beginning with its name: it is JSON inside a quoted Go string."""


def run_status() -> str:
    return f"{{{{=workflow.status == 'Succeeded' ? '\"succeeded\"' : {_STOPPED} ? '\"cancelled\"' : '\"failed\"'}}}}"


def _contains(words: Iterable[str]) -> str:
    return " or ".join(f"# contains '{word}'" for word in words)


_DID_FAIL = f"not ({_contains(NO_FAILURE)} or (stopped and ({_contains(BY_A_STOP)})))"


def left_any(name: str) -> str:
    """Whether an output that has a global name was left; for a fan-out, with a `-` at its end, by any of the items."""
    if name.endswith("-"):
        return f"any(keys({_GLOBAL} ?? {{}}), {{# startsWith '{name}'}})"
    return f"get({_GLOBAL}, '{name}') != nil"


def ended(tasks: Iterable[str], left: str, listed: str) -> str:
    """How a step ended that an exit handler asks for; `tasks` are its own, `left` and `listed` what says that it ran.

    A task that was omitted, or whose pod is gone, left no word of its own.
    """
    mine = " or ".join(f"# startsWith '{task}\\\\\",'" for task in tasks)
    return (
        f"{{{{=let stopped = {_STOPPED}; let mine = filter({_FAILURES}, {{{mine}}}); "
        f"any(mine, {{{_DID_FAIL}}}) ? 'failed' : len(mine) > 0 ? 'cancelled' : {left} ? 'succeeded' : "
        f"stopped ? 'cancelled' : {listed} ? '' : 'omitted'}}}}"
    )


def failed_steps(steps: Iterable[tuple[str, str]]) -> str:
    """The ids of the steps that failed; `steps` holds ids and task names, in the order that is wanted.

    Among what failed are tries that were followed by others, under names of their own, and pods that were stopped.
    """
    pairs = ", ".join(f"['{id}', '{task}']" for id, task in steps)
    return (
        f"{{{{=let stopped = {_STOPPED}; let nodes = {_FAILURES}; "
        f"toJson(map(filter([{pairs}], {{let name = #[1] + '\\\\\",'; "
        f"any(nodes, {{# startsWith name and {_DID_FAIL}}})}}), {{#[0]}}))}}}}"
    )
