"""The journal: every event as it was written, once, and the source of everything else in the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sql
from sqlalchemy import exc

from pipeglot_records.model.events import Event, parse
from pipeglot_records.store.tables import events

OF_RUNS = ("run", "cancel", "run-end")
CHUNK = 500
"""Values in one `IN (…)`: databases limit them."""

_Item = TypeVar("_Item")

_SHAPING = sql.text("shape = 1")


@dataclass(frozen=True, slots=True)
class Gap:
    """A writer that left fewer events than it numbered."""

    run: str
    writer: str
    missing: int


def append(connection: sql.Connection, batch: Iterable[Event]) -> list[Event]:
    """Writes what is new and returns that alone."""
    by_writer: dict[tuple[str, str], dict[int, Event]] = {}
    for event in batch:
        by_writer.setdefault((event.run, event.writer), {}).setdefault(event.seq, event)
    new = [event for by_seq in by_writer.values() for event in by_seq.values()]
    try:
        # Most batches hold nothing that is known: the table's own key tells, quicker than a question for each writer.
        with connection.begin_nested():
            _insert(connection, new)
    except exc.IntegrityError:
        new = _unknown(connection, by_writer)
        _insert(connection, new)
    return new


def _insert(connection: sql.Connection, new: list[Event]) -> None:
    if new:
        connection.execute(events.insert(), [_row(event) for event in new])


def _unknown(connection: sql.Connection, by_writer: Mapping[tuple[str, str], dict[int, Event]]) -> list[Event]:
    new: list[Event] = []
    for (run, writer), by_seq in by_writer.items():
        known = connection.scalars(
            sql.select(events.c.seq).where(
                events.c.run == run, events.c.writer == writer, events.c.seq.between(min(by_seq), max(by_seq))
            )
        )
        for seq in known:
            by_seq.pop(seq, None)
        new.extend(by_seq.values())
    return new


def _row(event: Event) -> dict[str, object]:
    return {
        "run": event.run,
        "writer": event.writer,
        "seq": event.seq,
        "kind": event.kind,
        "attempt": event.attempt,
        "shape": int(not event.is_bulk),
        "body": event.text,
    }


def shaping(connection: sql.Connection, run: str) -> list[Event]:
    """The events of a run that its state is made of."""
    return _parsed(connection.scalars(sql.select(events.c.body).where(events.c.run == run, _SHAPING)))


def of_attempts(connection: sql.Connection, run: str, attempts: Collection[str]) -> list[Event]:
    found: list[Event] = []
    for some in chunks(sorted(attempts)):
        query = sql.select(events.c.body).where(events.c.run == run, events.c.attempt.in_(some), _SHAPING)
        found.extend(_parsed(connection.scalars(query)))
    return found


def of_run_level(connection: sql.Connection, run: str) -> list[Event]:
    query = sql.select(events.c.body).where(
        events.c.run == run, events.c.attempt.is_(None), _SHAPING, events.c.kind.in_(OF_RUNS)
    )
    return _parsed(connection.scalars(query))


def everything(connection: sql.Connection, size: int) -> Iterator[list[Event]]:
    """The whole journal, run by run, in batches."""
    query = sql.select(events.c.body).order_by(events.c.run, events.c.writer, events.c.seq)
    batch: list[Event] = []
    for body in connection.scalars(query, execution_options={"yield_per": size}):
        batch.extend(_parsed((body,)))
        if len(batch) >= size:
            yield batch
            batch = []
    yield batch


def gaps(connection: sql.Connection, run: str | None = None) -> tuple[Gap, ...]:
    """Writers of whose events some never arrived: the numbers start at 0 and leave none out."""
    highest, count = sql.func.max(events.c.seq), sql.func.count()
    query = (
        sql.select(events.c.run, events.c.writer, (highest + 1 - count).label("missing"))
        .group_by(events.c.run, events.c.writer)
        .having(highest + 1 > count)
        .order_by(events.c.run, events.c.writer)
    )
    if run is not None:
        query = query.where(events.c.run == run)
    return tuple(Gap(row.run, row.writer, row.missing) for row in connection.execute(query))


def chunks(items: Sequence[_Item], size: int = CHUNK) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _parsed(bodies: Iterable[str]) -> list[Event]:
    return [event for event in map(parse, bodies) if event is not None]
