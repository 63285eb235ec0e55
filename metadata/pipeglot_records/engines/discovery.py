"""Runs that an engine has of a pipeline, whoever started them, brought into the store as `submit` brings its own."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sql

from pipeglot.definition import definition_json
from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot.run_events import RunEvents
from pipeglot_backends.remote.protocol import Access, EngineRun, Handle, RunState
from pipeglot_records.engines.remote import (
    Remote,
    defaults,
    introduce,
    nanoseconds,
    params_told,
    place_of,
    remote_half,
    submitter,
    take,
)
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.ingest import LogSummary, summarize
from pipeglot_records.store.tables import runs

NO_RECORD = "PG527"
"""Says that the record of one run is not to be had; whatever else goes wrong, goes wrong for all of them."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """One run. Without a `run` neither the engine nor a record tells its id: nothing was taken.

    `state` is the engine's word, None for a run that the store had to its end. `new`: the store did not have it at all.
    `events` counts those that the store did not have. `fault`: why nothing was taken.
    """

    native: Mapping[str, str]
    run: str | None
    state: RunState | None = None
    new: bool = False
    events: int = 0
    fault: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """A run that the store has; `introduced` where somebody said what it is, and not its steps alone."""

    run: str
    ended: int | None
    introduced: bool


def discover(store: Store, pipeline: Pipeline, target: str, access: Access, limit: int) -> Iterator[Discovered]:
    """The newest `limit` runs, each once it is taken in. Raises `SpecRejected` where the engine cannot be asked."""
    return _Gathering(store, pipeline, target, access).runs(limit)


class _Gathering:
    def __init__(self, store: Store, pipeline: Pipeline, target: str, access: Access) -> None:
        self._store = store
        self._pipeline = pipeline
        self._target = target
        self._listing = remote_half(target).listing
        self._access = access
        self._definition = store.register(definition_json(pipeline))
        self._hidden = frozenset(param.name for param in pipeline.params if param.sensitive)
        self._by_id: dict[str, _Known] = {}
        self._by_native: dict[str, _Known] = {}
        self._look()

    def runs(self, limit: int) -> Iterator[Discovered]:
        for found in self._listing.list_runs(self._pipeline, self._access, limit):
            known = self._by_native.get(_key(found.native)) or self._by_id.get(str(found.run))
            if known and _complete(known, found):
                yield Discovered(found.native, known.run)
                continue
            try:
                yield self._taken(found, known)
            except SpecRejected as rejected:
                (fault, *_) = rejected.diagnostics
                if fault.code != NO_RECORD:
                    raise
                run = known.run if known else str(found.run) if found.run else None
                yield Discovered(found.native, run, fault=fault)

    def _taken(self, found: EngineRun, known: _Known | None) -> Discovered:
        named = uuid.UUID(known.run) if known else found.run or uuid.uuid5(uuid.NAMESPACE_URL, _key(found.native))
        handle = Handle(named, found.native)
        brought = submitter(self._target).collect(handle, self._access)
        summary = summarize(brought.logs)
        run = summary.run or (str(named) if known or found.run else None)
        if run is None or (brought.state is RunState.GONE and not brought.logs):
            return Discovered(found.native, None, brought.state)
        known = known or self._by_id.get(run)
        if not (known and known.introduced):
            self._introduce(Handle(uuid.UUID(run), found.native), found, summary)
        taken = take(self._store, run, brought, summary, self._access, self._hidden)
        return Discovered(found.native, run, brought.state, new=known is None, events=taken.new)

    def _introduce(self, handle: Handle, found: EngineRun, summary: LogSummary) -> None:
        """As `submit` would have done it then. Defaults are those of today: they hold for the same definition alone."""
        definition = summary.definition or found.definition
        before = defaults(self._pipeline) if definition == self._definition else {}
        params = params_told(self._pipeline, {**before, **found.params})
        at = nanoseconds(found.began) if found.began else time.time_ns()
        with RunEvents(self._access.folder, str(handle.run), "gather", clock=lambda: at) as events:
            known = Remote(self._target, handle, self._access.settings)
            introduce(events, self._pipeline, known, definition, params)

    def _look(self) -> None:
        of_it = sql.or_(runs.c.pipeline == self._pipeline.name, runs.c.pipeline.is_(None))
        query = sql.select(runs.c.run, runs.c.ended, runs.c.native).where(of_it)
        with self._store.reading() as connection:
            for row in connection.execute(query):
                native, _ = place_of(row.native)
                self._by_id[row.run] = known = _Known(row.run, row.ended, bool(native))
                if native:
                    self._by_native[_key(native)] = known


def _key(native: Mapping[str, str]) -> str:
    return json.dumps(native, sort_keys=True)


def _complete(known: _Known, found: EngineRun) -> bool:
    """Whether there is no more to be had of it. A run may go on after its end: tasks of Airflow can be cleared."""
    return known.ended is not None and found.ended is not None and known.ended >= nanoseconds(found.ended)
