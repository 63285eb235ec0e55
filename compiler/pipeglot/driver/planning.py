"""What `pipeglot plan` says: what each step becomes on a target, what that target adds, and what it cannot do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypedDict, cast

from pipeglot.driver.patches import Change, changes, told
from pipeglot.ir import Body, Call, Command, Notebook, Notify, Pipeline, Retry, Script, Step, Tree
from pipeglot_backends.emit.applying import LIMIT, too_large
from pipeglot_backends.protocol import Backend, EmittedFile, Limit, Options, Room, operator_of, schedules
from pipeglot_backends.protocol import room as room_of
from pipeglot_expression.evaluate import shown
from pipeglot_expression.runtime.addresses import shown_address
from pipeglot_expression.runtime.contract import plain_seconds

_FILE = re.compile(r"[\w.][\w./-]*\.(?:py|sh|R|jl|pl|rb|js|jar|sql|ipynb)")
"""A relative path that is read as a program or as a script."""
MUCH = 0.7
"""Of a room, more than which is warned of."""


class StepPlan(TypedDict):
    id: str
    body: str
    needs: list[str]
    on_exit: bool
    notes: list[str]


class RoomPlan(TypedDict):
    """Bytes. `items`: what each further item takes, of fan-outs whose items are known only at run time."""

    what: str
    taken: int
    limit: int
    most: int
    items: dict[str, int]


class Report(TypedDict):
    """`cannot` and `emulates` hold `feature: reason` lines; `sizes` bytes by file, of what can be written.

    `artifacts`: where the profile wants them; None: where the target keeps them.
    `patches`: what the raw patches for the target come to. `server_side`: what `kubectl apply` takes with
    `--server-side` alone. `room`: what a run takes of what there is for it, where a target says that.
    """

    pipeline: str
    target: str
    steps: list[StepPlan]
    sidecar: str
    artifacts: str | None
    tasks: dict[str, str]
    cannot: dict[str, str]
    emulates: dict[str, str]
    sizes: dict[str, int]
    server_side: list[str]
    patches: list[Change]
    room: RoomPlan | None


def plan(pipeline: Pipeline, backend: Backend, options: Options, files: tuple[EmittedFile, ...]) -> Report:
    return {
        "pipeline": pipeline.name,
        "target": f"{backend.NAME}@{options.version}",
        "steps": [_step(step, backend.NAME != "local") for step in (*pipeline.steps, *pipeline.on_exit)],
        "sidecar": backend.delivery(files) if files else "",
        "artifacts": pipeline.artifacts,
        "tasks": dict(backend.tasks(pipeline, files)) if files else {},
        "cannot": {**_unscheduled(pipeline, backend), **_found(pipeline, backend, backend.CANNOT, options.version)},
        "emulates": _found(pipeline, backend, backend.EMULATES, options.version),
        "sizes": {file.path: len(file.text.encode()) for file in files},
        "server_side": list(too_large(files)),
        "patches": list(changes(pipeline, backend, options)),
        "room": _room(room_of(backend, files)),
    }


def _room(found: Room | None) -> RoomPlan | None:
    if found is None:
        return None
    room: RoomPlan = {
        "what": found.what,
        "taken": found.taken,
        "limit": found.limit,
        "most": found.most,
        "items": dict(found.items),
    }
    return room


def _room_text(room: RoomPlan) -> Iterator[str]:
    share = room["taken"] / room["limit"]
    yield f"{room['what']} takes about {_kib(room['taken'])} of {_kib(room['limit'])} KiB ({share:.0%})."
    for step, more in room["items"].items():
        yield f"  Each item of `{step}` but the first: about {_kib(more)} KiB more."
    if share > MUCH:
        yield f"WARNING: that is much. More than {_kib(room['most'])} KiB are refused, and a run that needs more fails."


def _kib(size: int) -> str:
    return f"{size / 1024:,.0f}"


def _unscheduled(pipeline: Pipeline, backend: Backend) -> dict[str, str]:
    silent = pipeline.schedule and not schedules(backend)
    return {"schedule": "what it is given starts no runs by itself"} if silent else {}


def _found(pipeline: Pipeline, backend: Backend, limits: tuple[Limit, ...], version: str) -> dict[str, str]:
    operator = operator_of(pipeline, backend)
    return {
        limit.feature.__name__: limit.reason
        for limit in limits
        if limit.holds(version, operator) and next(iter(limit.feature(pipeline)), None) is not None
    }


def _step(step: Step, elsewhere: bool) -> StepPlan:
    return {
        "id": step.id,
        "body": _BODIES[type(step.body)],
        "needs": list(step.needs),
        "on_exit": step.on_exit,
        "notes": [*_notes(step), *(_unpacked(step) if elsewhere else ())],
    }


_BODIES: Mapping[type, str] = {
    Command: "argv",
    Script: "script",
    Call: "python",
    Notebook: "notebook",
    Notify: "notify",
}


def _origins(step: Step) -> Iterator[str]:
    for given in step.inputs:
        if given.external is not None:
            address = shown_address(_as_written(given.value))
            way = "is the address" if given.external.is_reference else "is fetched from"
            pinned = ", and held against its digest" if given.external.digest else ""
            yield f"`{given.name}` {way} `{address}`{pinned}"


def _as_written(tree: Tree) -> str:
    """An address as its author wrote it, or as near to that as its tree is."""
    if tree[0] == "text":
        return "".join(part if isinstance(part, str) else _as_written(cast("Tree", part)) for part in tree[1:])
    return str(tree[1]) if tree[0] == "lit" else f"${{{{ {shown(tree)} }}}}"


def _notes(step: Step) -> Iterator[str]:
    yield from _origins(step)
    if step.fan_out:
        known = "" if step.fan_out.literal is None else f" ({len(step.fan_out.literal)} items, known now)"
        yield f"fanned out over indices{known}"
    if step.aligned:
        yield f"each item reads its own of {', '.join(step.aligned)}, once all items of these have ended"
    if step.when is not None:
        yield f"`when` is carried: decided by the sidecar{', for each item' if step.when_each else ''}"
    if step.run_if.value != "success":
        yield f"`run_if: {step.run_if.value}` is carried: started in any case, decided by the sidecar"
    elif set(step.after).difference(step.aligned):
        yield "`run_if` of a group around it is carried: started after failures too, decided by the sidecar"
    if step.retry:
        yield _tries(step.retry)
    if step.timeout:
        yield f"at most {plain_seconds(step.timeout)} s an attempt"


def _unpacked(step: Step) -> Iterator[str]:
    """What a step reads of files beside the pipeline, which do not go with it."""
    if step.code is None:
        for name in _files(step.body):
            yield f"`{name}` is not packed: it has to be where the step runs, in its image (or `code` packs it)"


def _files(body: Body) -> list[str]:
    if isinstance(body, Call):
        return [body.function.partition(":")[0]]
    if isinstance(body, Notebook):
        return [body.path]
    if not isinstance(body, Command):
        return []
    words = (str(tree[1]) for tree in body.argv if tree[0] == "lit")
    return [word for word in words if _FILE.fullmatch(word)]


def _tries(retry: Retry) -> str:
    return f"up to {retry.limit} more tries, {plain_seconds(retry.delay)} s apart"


def _begins(step: StepPlan) -> str:
    if step["on_exit"] and not step["needs"]:
        return "after all others"
    return f"after {', '.join(step['needs'])}" if step["needs"] else "at once"


def plan_text(report: Report) -> str:
    lines = [f"{report['pipeline']} on {report['target']}", ""]
    width = max(len(step["id"]) for step in report["steps"])
    for step in report["steps"]:
        lines.append(f"  {step['id']:<{width}}  {step['body']}, {_begins(step)}")
        lines += [f"  {'':<{width}}    {note}" for note in step["notes"]]
    for title, entries in (
        ("Tasks that the target adds (never steps of the record):", report["tasks"]),
        ("Done in another way:", report["emulates"]),
        ("REFUSED by this target:", report["cannot"]),
    ):
        if entries:
            lines += ["", title, *(f"  {name.replace('_', ' ')}: {why}" for name, why in entries.items())]
    lines += told(report["patches"])
    if not report["sizes"]:
        return "\n".join(lines)
    lines += ["", f"The sidecar comes {report['sidecar']}."]
    if report["artifacts"]:
        lines.append(f"The profile's place for artifacts is {report['artifacts']}")
    total = sum(report["sizes"].values())
    lines += [f"{total:,} bytes in {len(report['sizes'])} files: {', '.join(report['sizes'])}"]
    if report["room"]:
        lines += _room_text(report["room"])
    if report["server_side"]:
        lines += [
            "",
            f"`kubectl apply` keeps what it applied in an annotation of at most {LIMIT:,} bytes. Too long for that,",
        ]
        lines += [
            f"so apply it with `--server-side` (Argo CD: `ServerSideApply=true`): {', '.join(report['server_side'])}"
        ]
    return "\n".join(lines)
