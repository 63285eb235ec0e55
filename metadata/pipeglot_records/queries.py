"""Finding runs, and loading one as it is shown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql

from pipeglot_records import journal, tables
from pipeglot_records.deriving import OVERDUE, settle
from pipeglot_records.facts import fold
from pipeglot_records.faults import RunNotFound
from pipeglot_records.pictures import RUNNING, UNKNOWN, Picture
from pipeglot_records.projections import definition_of
from pipeglot_records.store import Store


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of `pipeglot runs`; times in Unix nanoseconds."""

    run: str
    pipeline: str
    state: str
    started: int
    ended: int | None
    seen: int
    target: str | None
    profile: str | None
    definition: str | None


def list_runs(
    store: Store,
    *,
    pipeline: str | None = None,
    state: str | None = None,
    limit: int | None = 20,
    now: int | None = None,
) -> tuple[RunSummary, ...]:
    """Newest first."""
    now = time.time_ns() if now is None else now
    table = tables.runs
    query = sql.select(table).order_by(table.c.first.desc(), table.c.run.desc())
    if pipeline is not None:
        query = query.where(table.c.pipeline == pipeline)
    if state is not None:
        query = query.where(_in_state(state, now))
    if limit is not None:
        query = query.limit(limit)
    with store.reading() as connection:
        return tuple(_summary(row, now) for row in connection.execute(query))


def find_run(store: Store, name: str | None = None) -> str:
    """The run of this id, or of an id that begins so; without a name the last one. Raises `RunNotFound`."""
    table = tables.runs
    query = sql.select(table.c.run).order_by(table.c.first.desc(), table.c.run.desc())
    with store.reading() as connection:
        if name is None:
            found = connection.scalars(query.limit(1)).all()
        else:
            found = connection.scalars(
                query.where(table.c.run.startswith(name.lower(), autoescape=True)).limit(3)
            ).all()
    if not found:
        wanted = f"no run `{name}`" if name else "no run yet"
        raise RunNotFound(f"there is {wanted} in the store `{store.place}`")
    if len(found) > 1 and found[0] != name:
        raise RunNotFound(
            f"`{name}` could be {', '.join(f'`{run}`' for run in found[:2])}" + ("" if len(found) < 3 else ", …")
        )
    return str(found[0])


def load(store: Store, run: str, now: int | None = None) -> Picture:
    """The run with every step of its definition. `run` is a whole id."""
    with store.reading() as connection:
        facts = fold(run, journal.shaping(connection, run))
        seen = connection.scalar(sql.select(tables.runs.c.seen).where(tables.runs.c.run == run))
        facts.seen = max(facts.seen, seen or 0)
        definition = definition_of(connection, facts)
    return settle(definition, facts, time.time_ns() if now is None else now)


def _in_state(state: str, now: int) -> sql.ColumnElement[bool]:
    table = tables.runs
    alive = table.c.seen >= now - OVERDUE
    if state == RUNNING:
        return sql.and_(table.c.state.is_(None), alive)
    if state == UNKNOWN:
        return sql.and_(table.c.state.is_(None), sql.not_(alive))
    return table.c.state == state


def _summary(row: sql.Row[Any], now: int) -> RunSummary:
    return RunSummary(
        run=row.run,
        pipeline=row.pipeline or "?",
        state=row.state or (RUNNING if now - row.seen <= OVERDUE else UNKNOWN),
        started=row.started if row.started is not None else row.first,
        ended=row.ended,
        seen=row.seen,
        target=row.target,
        profile=row.profile,
        definition=row.definition,
    )
