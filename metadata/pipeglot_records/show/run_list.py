"""`pipeglot runs`: the newest runs, as data and as a table."""

from __future__ import annotations

import time
from typing import Any, TypedDict

import sqlalchemy as sql

from pipeglot_records.model.derivation import OVERDUE
from pipeglot_records.model.run_view import RUNNING, UNKNOWN
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import duration, instant
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import runs

SHORT = 13


class RunEntry(TypedDict):
    """Times are RFC 3339, `duration` is in seconds; null is what nobody said."""

    run: str
    pipeline: str | None
    state: str
    started: str
    ended: str | None
    duration: float | None
    target: str | None
    profile: str | None
    definition: str | None


def list_runs(
    store: Store,
    *,
    pipeline: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    now: int | None = None,
    vital: Vital = NOBODY,
) -> list[RunEntry]:
    """Newest first."""
    now = time.time_ns() if now is None else now
    query = sql.select(runs).order_by(runs.c.first.desc(), runs.c.run.desc()).limit(limit)
    if pipeline is not None:
        query = query.where(runs.c.pipeline == pipeline)
    if state is not None:
        query = query.where(_in_state(state, now, vital))
    with store.reading() as connection:
        return [_entry(row, vital.seen_at(row.run, row.seen, now)) for row in connection.execute(query)]


def runs_text(entries: list[RunEntry]) -> str:
    if not entries:
        return "no runs\n"
    rows = [("RUN", "PIPELINE", "STATE", "STARTED (UTC)", "DURATION", "TARGET")]
    length = _telling(entries)
    rows += [
        (
            entry["run"][:length],
            entry["pipeline"] or "?",
            entry["state"],
            entry["started"][:19].replace("T", " "),
            duration(None if entry["duration"] is None else round(entry["duration"] * 1e9)),
            entry["target"] or "",
        )
        for entry in entries
    ]
    return "\n".join(aligned(rows, right=frozenset({4}))) + "\n"


def _telling(entries: list[RunEntry]) -> int:
    """Characters of an id that tell these runs apart; at least a few, so that they can be typed."""
    ids = {entry["run"] for entry in entries}
    return next((count for count in range(SHORT, 36) if len({run[:count] for run in ids}) == len(ids)), 36)


def _in_state(state: str, now: int, vital: Vital) -> sql.ColumnElement[bool]:
    heard = sql.and_(runs.c.seen >= now - OVERDUE, runs.c.run.not_in(vital.silent))
    alive = sql.or_(runs.c.run.in_(vital.alive), heard)
    if state == RUNNING:
        return sql.and_(runs.c.state.is_(None), alive)
    if state == UNKNOWN:
        return sql.and_(runs.c.state.is_(None), sql.not_(alive))
    return runs.c.state == state


def _entry(row: sql.Row[Any], now: int) -> RunEntry:
    started = row.started if row.started is not None else row.first
    return {
        "run": row.run,
        "pipeline": row.pipeline,
        "state": row.state or (RUNNING if now - row.seen <= OVERDUE else UNKNOWN),
        "started": instant(started),
        "ended": None if row.ended is None else instant(row.ended),
        "duration": None if row.ended is None else max(0, row.ended - started) / 1e9,
        "target": row.target,
        "profile": row.profile,
        "definition": row.definition,
    }
