"""What a run's page shows beside states: metrics, and the versions of artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.model.json_values import write
from pipeglot_records.store import tables
from pipeglot_records.store.database import Store


@dataclass(frozen=True, slots=True)
class Metric:
    """A series: its last value, and what it went through. None stands for a value that is no number."""

    name: str
    value: float | None
    at: float | None
    points: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Details:
    """`metrics` by attempt; `versions` by `STEP.OUTPUT` and digest, from 1 in the order of making."""

    metrics: Mapping[str, tuple[Metric, ...]] = field(default_factory=dict[str, tuple[Metric, ...]])
    versions: Mapping[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def version(self, source: str, digest: Json) -> int | None:
        return self.versions.get((source, write(digest)))


def details(store: Store, run: str) -> Details:
    with store.reading() as connection:
        return Details(_metrics(connection, run), _versions(connection, run))


def _metrics(connection: sql.Connection, run: str) -> dict[str, tuple[Metric, ...]]:
    table = tables.latest
    query = sql.select(table).where(table.c.run == run).order_by(table.c.attempt, table.c.name)
    found: dict[str, tuple[Metric, ...]] = {}
    for row in connection.execute(query):
        metric = Metric(row.name, row.value, row.at, row.points, row.low, row.high)
        found[row.attempt] = (*found.get(row.attempt, ()), metric)
    return found


def _versions(connection: sql.Connection, run: str) -> dict[tuple[str, str], int]:
    """Numbers follow from who was first, never from which record arrived first."""
    outputs, runs = tables.outputs, tables.runs
    pipeline = sql.select(runs.c.pipeline).where(runs.c.run == run).scalar_subquery()
    sources = sql.select(outputs.c.source).where(outputs.c.run == run, outputs.c.digest.is_not(None))
    query = (
        sql.select(outputs.c.source, outputs.c.digest)
        .join(runs, runs.c.run == outputs.c.run)
        .where(outputs.c.source.in_(sources), outputs.c.digest.is_not(None), runs.c.pipeline == pipeline)
        .group_by(outputs.c.source, outputs.c.digest)
        .order_by(outputs.c.source, sql.func.min(outputs.c.written), outputs.c.digest)
    )
    found: dict[tuple[str, str], int] = {}
    count: dict[str, int] = {}
    for row in connection.execute(query):
        count[row.source] = count.get(row.source, 0) + 1
        found[row.source, row.digest] = count[row.source]
    return found
