"""`pipeglot runs`: the runs that are asked for, as data."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sql
from typing_extensions import NotRequired, TypedDict

from pipeglot.ir import Json
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.queries import columns, conditions, ranking
from pipeglot_records.queries.filter import ALL, NAMED, Field, Wanted
from pipeglot_records.show.formatting import instant
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import runs


class RunEntry(TypedDict):
    """Times are RFC 3339, `duration` is in seconds, `disk` in bytes where it is asked for; null is what nobody said."""

    run: str
    pipeline: str | None
    state: str
    started: str
    ended: str | None
    duration: float | None
    target: str | None
    profile: str | None
    definition: str | None
    disk: NotRequired[int | None]


def asked(store: Store, wanted: Wanted, fields: Sequence[Field], vital: Vital = NOBODY) -> Sequence[Mapping[str, Json]]:
    """Of each run the fields, or what is usual where none are named. Raises `NotComparable`."""
    if fields:
        return table_of_runs(store, wanted, fields, vital=vital)
    return [{**entry} for entry in list_runs(store, wanted, vital=vital)]  # type: ignore[dict-item]  # all of it is JSON


def list_runs(store: Store, wanted: Wanted = ALL, *, now: int | None = None, vital: Vital = NOBODY) -> list[RunEntry]:
    """Newest first, where nothing else is asked. Raises `NotComparable`."""
    with store.reading() as connection:
        return _found(connection, wanted, conditions.Now(time.time_ns() if now is None else now, vital))


def table_of_runs(
    store: Store, wanted: Wanted, fields: Sequence[Field], *, now: int | None = None, vital: Vital = NOBODY
) -> list[dict[str, Json]]:
    """Of each run these fields, by their names: null where it has none, a list where items have one each."""
    with store.reading() as connection:
        entries = _found(connection, wanted, conditions.Now(time.time_ns() if now is None else now, vital))
        ids = [entry["run"] for entry in entries]
        found = {field: columns.cells(connection, field, ids) for field in fields if field[0] in NAMED}
    return [
        {".".join(field): found[field].get(entry["run"]) if field in found else _own(entry, field) for field in fields}
        for entry in entries
    ]


def _own(entry: RunEntry, field: Field) -> Json:
    known: Mapping[str, Json] = {**entry}  # type: ignore[dict-item]  # a TypedDict's values have no common type
    return known[field[0]]


def _found(connection: sql.Connection, wanted: Wanted, now: conditions.Now) -> list[RunEntry]:
    wanted_of_runs = _wanted(wanted, now)
    query = sql.select(runs).where(*wanted_of_runs)
    newest = (runs.c.first.desc(), runs.c.run.desc())
    if wanted.sort is None:
        rows = connection.execute(query.order_by(*newest).limit(wanted.limit)).all()
    elif wanted.sort[0][0] != "metrics":
        order = conditions.order(wanted.sort[0], down=wanted.sort[1])
        rows = connection.execute(query.order_by(*order, *newest).limit(wanted.limit)).all()
    elif wanted.sort[1] and wanted.limit is not None:
        best = ranking.greatest(connection, wanted.sort[0][1], wanted_of_runs, wanted.limit)
        found = {row.run: row for row in connection.execute(sql.select(runs).where(runs.c.run.in_(best)))}
        rest = query.where(runs.c.run.not_in(best)).order_by(*newest).limit(wanted.limit - len(best))
        rows = [*(found[run] for run in best), *(connection.execute(rest) if len(best) < wanted.limit else ())]
    else:
        sorted_query = ranking.by_metric(query, wanted.sort[0][1], down=wanted.sort[1])
        rows = connection.execute(sorted_query.order_by(*newest).limit(wanted.limit)).all()
    return [_entry(row, now.vital.seen_at(row.run, row.seen, now.at)) for row in rows]


def _wanted(wanted: Wanted, now: conditions.Now) -> list[conditions.Clause]:
    found: list[conditions.Clause] = []
    if wanted.pipeline is not None:
        found.append(runs.c.pipeline == wanted.pipeline)
    if wanted.state is not None:
        found.append(conditions.in_state(wanted.state, now))
    if wanted.where is not None:
        found.append(conditions.clause(wanted.where, now))
    return found


def _entry(row: sql.Row[Any], now: int) -> RunEntry:
    started = row.started if row.started is not None else row.first
    return {
        "run": row.run,
        "pipeline": row.pipeline,
        "state": row.state or conditions.open_state(row.seen, now),
        "started": instant(started),
        "ended": None if row.ended is None else instant(row.ended),
        "duration": None if row.ended is None else max(0, row.ended - started) / 1e9,
        "target": row.target,
        "profile": row.profile,
        "definition": row.definition,
    }
