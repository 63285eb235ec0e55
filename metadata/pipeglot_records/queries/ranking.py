"""Runs in the order of a metric: the greatest are read off an index, without a look at the others."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sql

from pipeglot_records.queries.conditions import Clause, spellings, with_metric
from pipeglot_records.store.tables import attempts, latest, runs

ROOM = 4
"""Rows that are read first for each run that is wanted: items of one run stand beside each other."""

_Key: TypeAlias = tuple[float, int, str]


def by_metric(query: sql.Select[Any], name: str, *, down: bool) -> sql.Select[Any]:
    """All runs of the query, by the greatest that each left; those that left none come last."""
    greatest = sql.func.max(latest.c.value).label("greatest")
    found = with_metric().where(sql.or_(*spellings(name))).add_columns(greatest).group_by(attempts.c.run)
    of_run = found.subquery("measured")
    value = of_run.c.greatest
    return query.outerjoin(of_run, of_run.c.run == runs.c.run).order_by(
        value.is_(None), value.desc() if down else value.asc()
    )


def greatest(connection: sql.Connection, name: str, wanted: Sequence[Clause], limit: int) -> list[str]:
    """So many runs at most, the greatest first, of those that left it and of which all that is wanted holds."""
    size = ROOM * limit
    while True:
        streams = [_stream(connection, each, wanted, size) for each in spellings(name)]
        found, is_enough = _merged(streams, limit, size)
        if is_enough:
            return found
        size *= 8


def _stream(connection: sql.Connection, spelling: Clause, wanted: Sequence[Clause], size: int) -> list[_Key]:
    query = (
        with_metric()
        .add_columns(latest.c.value, runs.c.first)
        .join(runs, runs.c.run == attempts.c.run)
        .where(spelling, latest.c.value.is_not(None), *wanted)
        .order_by(latest.c.value.desc(), runs.c.first.desc(), runs.c.run.desc())
        .limit(size)
    )
    return [(row.value, row.first, row.run) for row in connection.execute(query)]


def _merged(streams: Sequence[list[_Key]], limit: int, size: int) -> tuple[list[str], bool]:
    """The first runs, and whether these are all that are wanted: what was cut off may go on with others."""
    found: dict[str, None] = {}
    cut = max((stream[-1] for stream in streams if len(stream) == size), default=None)
    for key in _descending(streams):
        if cut is not None and key < cut:
            return list(found), False
        found[key[2]] = None
        if len(found) == limit:
            return list(found), True
    return list(found), cut is None


def _descending(streams: Sequence[list[_Key]]) -> Iterator[_Key]:
    return heapq.merge(*streams, reverse=True)
