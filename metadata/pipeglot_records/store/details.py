"""What a run's page shows beside states: metrics, and the versions of artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.model.json_values import read, write
from pipeglot_records.store import tables
from pipeglot_records.store.database import Store

SAID_AGAIN = frozenset({"note", "captured"})
"""Of these every one is kept, of what else has a name the last."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A series: its last value, and what it went through. None stands for NaN."""

    name: str
    value: float | None
    at: float | None
    points: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Remark:
    """What the step's own code said of an attempt; of a param or tag the last word, of the others every one."""

    kind: str
    name: str
    value: Json


@dataclass(frozen=True, slots=True)
class Details:
    """`metrics` and `remarks` by attempt; `versions` by `STEP.OUTPUT` and digest, from 1 in the order of making."""

    metrics: Mapping[str, tuple[Metric, ...]] = field(default_factory=dict[str, tuple[Metric, ...]])
    remarks: Mapping[str, tuple[Remark, ...]] = field(default_factory=dict[str, "tuple[Remark, ...]"])
    versions: Mapping[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def version(self, source: str, digest: Json) -> int | None:
        return self.versions.get((source, write(digest)))


def details(store: Store, run: str) -> Details:
    with store.reading() as connection:
        return Details(_metrics(connection, run), _remarks(connection, run), _versions(connection, run))


def _metrics(connection: sql.Connection, run: str) -> dict[str, tuple[Metric, ...]]:
    table = tables.latest
    query = sql.select(table).where(table.c.run == run).order_by(table.c.attempt, table.c.name)
    found: dict[str, list[Metric]] = {}
    for row in connection.execute(query):
        metric = Metric(row.name, row.value, row.at, row.points, row.low, row.high)
        found.setdefault(row.attempt, []).append(metric)
    return {attempt: tuple(metrics) for attempt, metrics in found.items()}


def _remarks(connection: sql.Connection, run: str) -> dict[str, tuple[Remark, ...]]:
    table = tables.remarks
    query = sql.select(table).where(table.c.run == run).order_by(table.c.time, table.c.writer, table.c.seq)
    found: dict[str, dict[tuple[str, ...], Remark]] = {}
    for row in connection.execute(query):
        key = (row.kind, row.name, *((row.writer, str(row.seq)) if row.kind in SAID_AGAIN else ()))
        found.setdefault(row.attempt, {})[key] = Remark(row.kind, row.name, read(row.value))
    return {attempt: tuple(remarks.values()) for attempt, remarks in found.items()}


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
