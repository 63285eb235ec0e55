"""What a run takes of the object that Argo keeps it in: what fails only when it is run is refused at once."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.emit.shrinking import smaller
from pipeglot_backends.kubeflow.emit.document import Documents
from pipeglot_backends.kubeflow.emit.sidecar_task import containers
from pipeglot_backends.kubeflow.emit.step_tables import MOST, too_long_for_a_task
from pipeglot_backends.protocol import EmittedFile, Options, Room

OUTERMOST = 1000
STATUS = 1024 * 1024
"""Bytes of the object that holds a workflow and all that Argo notes of its tasks."""
FULL, LITTLE = 900 * 1024, 450 * 1024
"""Of those, what may be taken, and what a definition takes at most whose containers hold the sidecar."""
TIMES = 8
"""What stands in a task stands in the input of its driver, in its patch of the pod, each twice, and four times in the
input of its executor: seen on Kubeflow 2.17.0, whose manifests give every task a node that retries it."""


def at_least(made: Documents) -> int:
    """Characters that the text has in any case: a line of YAML with its indentation is longer than the same in JSON.

    But for the first two levels, which are few lines. What is too long by this need not be written to be measured.
    """
    return len(_json(made.pipeline)) - OUTERMOST


def few(pipeline: Pipeline, packed: str) -> bool:
    """Whether the sidecar can stand in each container, by whatever is known before the run."""
    count, known = containers((*pipeline.steps, *pipeline.on_exit))
    return known and count * TIMES * len(packed) <= LITTLE


def noted(spec: Mapping[str, Any]) -> int:
    """Bytes that a run takes of `STATUS`: its definition as it is, and what is noted of its tasks.

    Argo compresses the notes once they are too long as they are, and writes that in base64. Each task is counted by
    itself, so this is no less than it takes. An item that is known only at run time is counted once.
    """
    return len(_json(spec)) + _of_graph(spec, spec["root"]["dag"])


def room(spec: Mapping[str, Any]) -> Room:
    return Room("What Argo notes of a run", noted(spec), STATUS, FULL, dict(_more_items(spec)))


def _of_graph(spec: Mapping[str, Any], graph: Mapping[str, Any]) -> int:
    return sum(_items(task) * _of_task(spec, task) for task in graph["tasks"].values())


def _of_task(spec: Mapping[str, Any], task: Mapping[str, Any]) -> int:
    component = spec["components"][task["componentRef"]["name"]]
    if "dag" in component:
        return _of_graph(spec, component["dag"])
    executor = spec["deploymentSpec"]["executors"][component["executorLabel"]]
    return TIMES * _compressed(_json([executor, task.get("inputs", {})]))


def _items(task: Mapping[str, Any]) -> int:
    known = task.get("parameterIterator", {}).get("items", {}).get("raw")
    return len(json.loads(known)) if known else 1


def _more_items(spec: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """What each further item takes, of fan-outs whose items are not known yet."""
    graphs = (part["dag"] for part in (spec["root"], *spec.get("components", {}).values()) if "dag" in part)
    for task in (task for graph in graphs for task in graph["tasks"].values()):
        if "inputParameter" in task.get("parameterIterator", {}).get("items", {}):
            yield task["taskInfo"]["name"], _of_task(spec, task)


def _compressed(text: str) -> int:
    """In base64."""
    return len(zlib.compress(text.encode(), 6)) * 4 // 3


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def too_long_inline(target: str, pipeline: Pipeline, size: int, other: str) -> SpecRejected:
    """The refusal of a definition that the profile wants the sidecar in, where `other` is the way out."""
    reason = f"`{target}` cannot keep this: the definition has at least {size // 1024} KiB with the sidecar in it"
    return SpecRejected([_beside(reason, pipeline, other)])


def with_room_for_code(
    target: str, pipeline: Pipeline, options: Options, ways: Sequence[str | None], other: str = ""
) -> None:
    """Raises `SpecRejected` where each task carries its own code, as by these `ways`, and it is too much for one."""
    step = too_long_for_a_task(options) if pipeline.deliver in ways else None
    if step is None:
        return
    code = pipeline.by_id[step].code
    text = f"the code of `{step}` stands with its table in an argument, of at most {MOST // 1024} KiB"
    more = f"write `sidecar: {{deliver: {other}}}`; or " if other else ""
    hint = f"{more}leave out what is not needed: `exclude: […]`; or let the image hold it: `code: {{mode: image}}`"
    place = code.origin if code else pipeline.origin
    raise SpecRejected([Diagnostic("PG401", f"`{target}` cannot keep this: {text}", place, hint=hint)])


def _beside(reason: str, pipeline: Pipeline, other: str) -> Diagnostic:
    place = pipeline.profile_origin or pipeline.origin
    return Diagnostic("PG401", reason, place, hint=f"write `sidecar: {{deliver: {other}}}`, or `auto`")


def check(pipeline: Pipeline, made: Documents, files: tuple[EmittedFile, ...]) -> tuple[EmittedFile, ...]:
    """Raises `SpecRejected` for what no run could keep. How long the text is says nothing: it is indented."""
    faults = [*_full(pipeline, made)]
    if faults:
        raise SpecRejected(faults)
    return files


def fits(made: Documents) -> bool:
    """Whether `check` has nothing against it."""
    return noted(made.pipeline) <= FULL


def _full(pipeline: Pipeline, made: Documents) -> Iterator[Diagnostic]:
    taken = noted(made.pipeline)
    if taken > FULL:
        text = f"what Argo notes of a run would take {taken // 1024:,} of its {STATUS // 1024:,} KiB, and at most "
        message = f"`kubeflow` cannot keep this: {text}{FULL // 1024} are safe"
        if pipeline.deliver == "inline":
            yield _beside(message, pipeline, "task")
        else:
            yield Diagnostic("PG401", message, pipeline.origin, hint=smaller(pipeline))
