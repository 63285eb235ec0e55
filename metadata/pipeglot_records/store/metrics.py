"""Metrics: every point, and of each series the last, the lowest and the highest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sql

from pipeglot_records.model.events import Event
from pipeglot_records.model.json_values import number, text
from pipeglot_records.model.keepable import measure_of
from pipeglot_records.store.journal import CHUNK, chunks
from pipeglot_records.store.tables import latest, metrics

Series: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class _Summary:
    run: str
    points: int = 0
    low: float | None = None
    high: float | None = None
    last: tuple[int, str, int] = (-1, "", -1)
    value: float | None = None
    at: float | None = None


def measure(connection: sql.Connection, new: Iterable[Event]) -> None:
    """Adds points that the store has not seen before."""
    points = [event for event in new if event.kind == "metric" and event.attempt and text(event.fields.get("name"))]
    if not points:
        return
    connection.execute(metrics.insert(), [_row(event) for event in points])
    summaries = _summaries(connection, sorted({_series(event) for event in points}))
    _delete(connection, summaries)
    for event in points:
        _add(summaries.setdefault(_series(event), _Summary(event.run)), event)
    _write(connection, summaries)


def _series(event: Event) -> Series:
    return event.attempt or "", text(event.fields.get("name")) or ""


def _row(event: Event) -> dict[str, object]:
    return {
        "run": event.run,
        "writer": event.writer,
        "seq": event.seq,
        "attempt": event.attempt,
        "name": event.fields.get("name"),
        "value": _value(event),
        "at": number(event.fields.get("at")),
        "time": event.time,
    }


def _value(event: Event) -> float | None:
    return measure_of(event.fields.get("value"))


def _add(summary: _Summary, event: Event) -> None:
    value = _value(event)
    summary.points += 1
    if value is not None:
        summary.low = value if summary.low is None else min(summary.low, value)
        summary.high = value if summary.high is None else max(summary.high, value)
    if event.order > summary.last:
        summary.last, summary.value, summary.at = event.order, value, number(event.fields.get("at"))


def _summaries(connection: sql.Connection, series: list[Series]) -> dict[Series, _Summary]:
    """Of these series alone: a step may have many thousands."""
    found: dict[Series, _Summary] = {}
    for attempts, names in _alike(series):
        of_these = sql.and_(latest.c.attempt.in_(attempts), latest.c.name.in_(names))
        for row in connection.execute(sql.select(latest).where(of_these)):
            last = (row.time, row.writer, row.seq)
            found[row.attempt, row.name] = _Summary(row.run, row.points, row.low, row.high, last, row.value, row.at)
    return found


def _alike(series: list[Series]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Attempts and the names of their series: those that measure the same are asked for together.

    Pairs would say it shorter, and SQLite reads the whole table for them.
    """
    by_attempt: dict[str, list[str]] = {}
    for attempt, name in series:
        by_attempt.setdefault(attempt, []).append(name)
    by_names: dict[tuple[str, ...], list[str]] = {}
    for attempt, names in by_attempt.items():
        by_names.setdefault(tuple(names), []).append(attempt)
    for every, attempts in by_names.items():
        for called in chunks(every):
            yield from ((some, called) for some in chunks(attempts, CHUNK // len(called)))


def _delete(connection: sql.Connection, known: Iterable[Series]) -> None:
    gone = sql.and_(latest.c.attempt == sql.bindparam("of"), latest.c.name == sql.bindparam("called"))
    found = [{"of": of, "called": called} for of, called in known]
    if found:
        connection.execute(latest.delete().where(gone), found)


def _write(connection: sql.Connection, summaries: dict[Series, _Summary]) -> None:
    connection.execute(
        latest.insert(),
        [
            {
                "attempt": attempt,
                "name": name,
                "run": one.run,
                "value": one.value,
                "at": one.at,
                "time": one.last[0],
                "writer": one.last[1],
                "seq": one.last[2],
                "points": one.points,
                "low": one.low,
                "high": one.high,
            }
            for (attempt, name), one in summaries.items()
        ],
    )
