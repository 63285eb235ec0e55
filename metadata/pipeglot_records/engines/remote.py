"""Runs on engines, from submission to record: what `submit`, `status`, `cancel` and `collect` have in common."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sql

from pipeglot.definition import definition_hash, definition_json
from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json, Missing, Pipeline
from pipeglot.run_events import RunEvents
from pipeglot_backends import targets
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Collected, Handle, Progress, RunState, Submitter
from pipeglot_backends.targets import RemoteHalf
from pipeglot_expression.runtime.contract import FAILED
from pipeglot_records.engines.engine_words import covered, learn, note
from pipeglot_records.engines.sameness import refuse_another, refuse_another_there
from pipeglot_records.model.json_values import mapping, read, text
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.ingest import Ingested, LogSummary, Tail, summarize
from pipeglot_records.store.runs import load
from pipeglot_records.store.tables import runs

EPOCH = datetime.fromtimestamp(0, timezone.utc)
ENDS = {
    RunState.SUCCEEDED: "succeeded",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Remote:
    """A run on an engine, as the store knows it; enough to find it again. `hidden` names its sensitive params."""

    target: str
    handle: Handle
    settings: Mapping[str, Json]
    hidden: frozenset[str] = frozenset()


def submitter(target: str) -> Submitter:
    return remote_half(target).submitter


def remote_half(target: str) -> RemoteHalf:
    """Of a target as the store names it, with its version or without."""
    return targets.remote(target.partition("@")[0])


def refuse_uncollectable(pipeline: Pipeline, target: str, access: Access, *, wait: bool) -> None:
    """Before a run is started whose record is to be fetched: what would keep it from that at its end, raised now.

    Who does not wait may collect elsewhere, and is told only.
    """
    engine = submitter(target)
    try:
        engine.collectable(pipeline, access)
    except SpecRejected as rejected:
        if wait:
            raise
        access.say(f"the record of this run cannot be collected from here: {rejected.diagnostics[0].message}")


def begin(
    store: Store,
    pipeline: Pipeline,
    target: str,
    files: Sequence[EmittedFile],
    run: uuid.UUID,
    params: Mapping[str, Json],
    access: Access,
    code: Json = None,
) -> Remote:
    """Starts the run, once, and notes in the store what it is and where. `params` are those that were given.

    `code` is what is known of the commit that was submitted.
    """
    definition = next(file.text for file in files if file.path == "definition.json")
    fields = params_told(pipeline, {**defaults(pipeline), **params})
    name = definition_hash(definition_json(pipeline))
    refuse_another(store, str(run), target, name, fields)
    handle = submitter(target).submit(pipeline, files, run, params, access)
    refuse_another_there(handle, name, defaults(pipeline), params)
    known = Remote(target, handle, access.settings, hidden_in(fields))
    with RunEvents(access.folder, str(run), "submit") as events:
        introduce(events, pipeline, known, store.register(definition), fields, code)
    Tail(store, access.folder / str(run)).poll(last=True)
    return known


def introduce(
    events: RunEvents,
    pipeline: Pipeline,
    known: Remote,
    definition: str | None,
    params: Mapping[str, Json],
    code: Json = None,
) -> None:
    """Writes what the run is, and where it is to be found again."""
    native: dict[str, Json] = {**known.handle.native, "settings": dict(known.settings)}
    about: dict[str, Json] = {"definition": definition} if definition else {}
    about.update({"git": code} if code else {})
    fields = {"params": dict(params), "target": known.target, "native": native, "profile": pipeline.profile}
    events.write("run", pipeline=pipeline.name, **about, **fields)


def defaults(pipeline: Pipeline) -> dict[str, Json]:
    return {param.name: param.default for param in pipeline.params if not isinstance(param.default, Missing)}


def params_told(pipeline: Pipeline, values: Mapping[str, Json]) -> dict[str, Json]:
    """As events hold them: a sensitive one without its value."""
    sensitive = {param.name for param in pipeline.params if param.sensitive}
    return {name: {"redacted": True} if name in sensitive else {"value": value} for name, value in values.items()}


def find(store: Store, run: str) -> Remote | None:
    """None for a run of this machine, or one whose engine nobody told."""
    with store.reading() as connection:
        columns = (runs.c.target, runs.c.native, runs.c.params)
        row = connection.execute(sql.select(*columns).where(runs.c.run == run)).one()
    native, settings = place_of(row.native)
    if settings is None or row.target is None:
        return None
    return Remote(row.target, Handle(uuid.UUID(run), native), settings, hidden_in(mapping(read(row.params))))


def hidden_in(params: Mapping[str, Json]) -> frozenset[str]:
    """The sensitive ones of params as events hold them."""
    return frozenset(name for name, param in params.items() if mapping(param).get("redacted"))


def place_of(native: Any) -> tuple[dict[str, str], Mapping[str, Json] | None]:
    """What the store keeps of a run's place on its engine: a handle's words, and the settings, if anybody told."""
    found = json.loads(native) if isinstance(native, str) else dict(native or {})
    settings = found.pop("settings", None)
    return found, settings


def follow(remote: Remote, access: Access) -> Progress:
    progress = submitter(remote.target).status(remote.handle, _at(remote, access))
    learn(remote.hidden, progress.params)
    return progress


def stop(store: Store, remote: Remote, access: Access, by: str) -> RunState | None:
    """The cancellation is recorded first: that word wins over what the engine makes of it.

    How the run ended, where it is over already: then nothing changes.
    """
    state = follow(remote, access).state
    if state in ENDS:
        return state
    run = str(remote.handle.run)
    with RunEvents(access.folder, run, "cancel") as events:
        events.write("cancel", by=by)
    Tail(store, access.folder / run).poll(last=True)
    submitter(remote.target).cancel(remote.handle, _at(remote, access))
    return None


def fetch(store: Store, remote: Remote, access: Access) -> tuple[Ingested, RunState]:
    """The record of the run as far as it got, into the store; with the engine's last word once it has one."""
    found = submitter(remote.target).collect(remote.handle, _at(remote, access))
    return take(store, str(remote.handle.run), found, summarize(found.logs), access, remote.hidden), found.state


def take(
    store: Store, run: str, found: Collected, said: LogSummary, access: Access, hidden: frozenset[str]
) -> Ingested:
    """What was brought of a run, and says so much, into the store. It ended when the engine says, not when asked."""
    learn(hidden, found.params)
    found = covered(found)
    tail = Tail(store, *sorted({path.parent for path in found.logs} | {access.folder / run}))
    taken = tail.poll(last=True)
    if found.said:
        facts = load(store, run).facts
        note(access, run, facts, text(facts.head.get("definition")), found.said)
    if found.state in ENDS:
        at = max(nanoseconds(found.ended), said.last) if found.ended else time.time_ns()
        with RunEvents(access.folder, run, "collect", clock=lambda: at) as events:
            fields = {"reason": found.reason, "message": found.message}
            why: dict[str, Json] = {name: word for name, word in fields.items() if word}
            events.write("run-end", state=ENDS[found.state], by="engine", **why)
    return taken + tail.poll(last=True)


def message(store: Store, run: str) -> str | None:
    """What the engine said last of a run that went wrong, as the store has it."""
    return text(load(store, run).facts.end.get("message"))


def nanoseconds(moment: datetime) -> int:
    """Unix nanoseconds, exact."""
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def ended(store: Store, run: str, said: RunState) -> RunState:
    """How a run ended that its engine calls `said`: by its record it failed where one of its steps did.

    Kubeflow says of a run that it succeeded, where an exit task alone failed.
    """
    return RunState.FAILED if said is RunState.SUCCEEDED and load(store, run).state == FAILED else said


def _at(remote: Remote, access: Access) -> Access:
    return replace(access, settings=remote.settings)
