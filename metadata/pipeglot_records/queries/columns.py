"""What is asked of each of some runs: their params, metrics, tags and states, as values by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.model.json_values import mapping, read
from pipeglot_records.queries.filter import Field
from pipeglot_records.store.tables import attempts, latest, remarks, runs, steps

Cells: TypeAlias = dict[str, Json]
"""By the id of the run."""
MANY: Final = 500
"""Runs that are asked for at a time: databases take so many values in a query."""


def cells(connection: sql.Connection, field: Field, wanted: Iterable[str]) -> Cells:
    """One value a run, a list where items of a fan-out have one each; nothing where a run has none."""
    ids = list(wanted)
    found: Cells = {}
    for at in range(0, len(ids), MANY):
        found |= _FOUND[field[0]](connection, field[1], ids[at : at + MANY])
    return found


def _params(connection: sql.Connection, name: str, ids: list[str]) -> Cells:
    query = sql.select(runs.c.run, runs.c.params).where(runs.c.run.in_(ids))
    given = {row.run: mapping(mapping(read(row.params)).get(name)) for row in connection.execute(query)}
    return {run: _shown(entry) for run, entry in given.items() if entry}


def _shown(entry: Mapping[str, Json]) -> Json:
    return "(redacted)" if entry.get("redacted") is True else entry.get("value")


def _metrics(connection: sql.Connection, name: str, ids: list[str]) -> Cells:
    # found by their attempts: by its name the index of a metric leads through all runs that there are
    unindexed = latest.c.name.concat("")
    query = (
        sql.select(attempts.c.run, attempts.c.step, attempts.c.item, latest.c.name, latest.c.value)
        .join(latest, latest.c.attempt == attempts.c.attempt)
        .where(attempts.c.run.in_(ids), unindexed.in_(_endings(name)))
        .order_by(attempts.c.run, attempts.c.step, attempts.c.started)
    )
    found: dict[str, dict[tuple[str, str], Json]] = {}
    for row in connection.execute(query):
        if name in (row.name, f"{row.step}.{row.name}"):
            # a later try stands for the ones before it
            found.setdefault(row.run, {})[row.step, row.item or ""] = row.value
    return {run: _one_or_all([values[key] for key in sorted(values, key=_place)]) for run, values in found.items()}


def _place(key: tuple[str, str]) -> tuple[str, int, str]:
    step, item = key
    return step, int(item) if item.isdecimal() else -1, item


def _one_or_all(values: list[Json]) -> Json:
    return values[0] if len(values) == 1 else values


def _endings(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[at:]) for at in range(len(parts))]


def _tags(connection: sql.Connection, name: str, ids: list[str]) -> Cells:
    query = (
        sql.select(remarks.c.run, remarks.c.value)
        .where(remarks.c.run.in_(ids), remarks.c.kind == "tag", remarks.c.name == name)
        .order_by(remarks.c.time, remarks.c.writer, remarks.c.seq)
    )
    return {row.run: read(row.value) for row in connection.execute(query)}


def _states(connection: sql.Connection, name: str, ids: list[str]) -> Cells:
    query = sql.select(steps.c.run, steps.c.state).where(steps.c.run.in_(ids), steps.c.step == name, steps.c.item == "")
    return {row.run: row.state for row in connection.execute(query)}


_FOUND: Final[Mapping[str, Callable[[sql.Connection, str, list[str]], Cells]]] = {
    "params": _params,
    "metrics": _metrics,
    "tags": _tags,
    "steps": _states,
}
