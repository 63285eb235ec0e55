"""Runs of this machine that left no last word: what lives of each is looked up, and what is gone gets its end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sql

from pipeglot import keeping
from pipeglot.diagnostics import SpecRejected
from pipeglot.run_events import FILE, event_line
from pipeglot_backends.local.engine.run_folder import RunFolder, remove
from pipeglot_backends.local.vital import Life, alone, begun, forget, life_of
from pipeglot_records.model.events import parse
from pipeglot_records.model.json_values import mapping, read, text
from pipeglot_records.model.run_view import OVERDUE
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.ingest import ingest_folder
from pipeglot_records.store.lookup import known_of
from pipeglot_records.store.projections import record
from pipeglot_records.store.tables import runs

LOCAL = "local"
WRITER = "settle"
DEFINITION = "definition.json"


@dataclass(frozen=True, slots=True)
class _Open:
    """A run without an end. `host` is where its folder is; `seen` when it was last heard, 0 where it never was."""

    folder: RunFolder
    host: str | None
    seen: int = 0

    @property
    def is_here(self) -> bool:
        return self.host == os.uname().nodename

    @property
    def is_overdue(self) -> bool:
        return time.time_ns() - self.seen > OVERDUE


def look(store: Store, kept: Path) -> Vital:
    """Before runs are shown. Nobody needs the right to write: what cannot be settled now is settled by another."""
    if not store.is_kept:
        return NOBODY
    alive: set[str] = set()
    silent: set[str] = set()
    for each in [*_unheard(store, kept), *_open(store)]:
        life = life_of(each.folder.path)
        if life is Life.RUNNING:
            alive.add(each.folder.run)
        elif life is not Life.UNTOLD and each.is_here:
            # also one that is gone, as long as the store does not take its end
            silent.add(each.folder.run)
        with suppress(SpecRejected, OSError):
            _bring(store, each, life)
    return Vital(frozenset(alive), frozenset(silent))


def _bring(store: Store, each: _Open, life: Life) -> None:
    """Another machine's lock may be unseen from here: there only long silence tells that a run is gone."""
    if life is Life.GONE and (each.is_here or each.is_overdue):
        _settle(store, each)
    elif life is Life.UNTOLD and each.is_here and each.is_overdue and not each.folder.path.exists():
        _end(store, each)
    elif life is not Life.RUNNING or not each.seen:
        _take(store, each)


def _open(store: Store) -> Iterator[_Open]:
    query = sql.select(runs.c.run, runs.c.native, runs.c.seen).where(runs.c.ended.is_(None), runs.c.target == LOCAL)
    with store.reading() as connection:
        found = connection.execute(query).all()
    for row in found:
        native = mapping(read(row.native))
        folder = text(native.get("folder"))
        if folder:
            yield _Open(RunFolder(Path(folder), row.run), text(native.get("host")), row.seen)


def _unheard(store: Store, kept: Path) -> list[_Open]:
    """Runs that began, and whose first event did not reach the store they were begun for."""
    with suppress(OSError):
        names = sorted(place.name for place in (kept / keeping.RUNS).iterdir())
        with store.reading() as connection:
            known = known_of(connection, names)
        folders = [RunFolder((kept / keeping.RUNS / name).resolve(), name) for name in names if name not in known]
        begun_by = [(folder, begun(folder.path)) for folder in folders]
        return [_Open(folder, said.get("host")) for folder, said in begun_by if said.get("store") == store.name]
    return []


def _settle(store: Store, each: _Open) -> None:
    """What may be sensitive goes first: once the run is over, nobody looks again."""
    with alone(each.folder.path) as mine:
        if mine:
            remove(each.folder.handover)
            _take(store, each, last=True)
            _end(store, each)
            forget(each.folder.path)


def _take(store: Store, each: _Open, *, last: bool = False) -> None:
    definition = each.folder.plan / DEFINITION
    if definition.exists():
        store.register(definition.read_text("utf-8"))
    ingest_folder(store, each.folder.record, last=last)


def _end(store: Store, each: _Open) -> None:
    """Written once, whoever writes it: a second one has the same identity, and folds."""
    run = each.folder.run
    with store.reading() as connection:
        row = connection.execute(sql.select(runs.c.seen, runs.c.ended).where(runs.c.run == run)).first()
    if row is None or row.ended is not None:
        return
    line = event_line("run-end", run, WRITER, 0, row.seen, {"state": "failed", "by": LOCAL, "reason": "lost"})
    with suppress(OSError), (each.folder.record / run / FILE).open("a", encoding="ascii") as file:
        file.write(line)
    event = parse(line)
    if event is not None:
        with store.writing() as connection:
            record(connection, [event])
