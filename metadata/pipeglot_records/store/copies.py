"""Runs as one file of JSON lines, the same bytes for the same runs, and taken in from one: all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sql

from pipeglot_records.faults import LogFault
from pipeglot_records.model.events import Event, parse
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.refusals import record_all
from pipeglot_records.store.registration import register
from pipeglot_records.store.tables import definitions, events, runs

FORMAT: Final = 1
HEAD: Final = json.dumps({"pipeglot-records": FORMAT})
BATCH: Final = 5000


@dataclass(frozen=True, slots=True)
class TakenIn:
    """`known` events were in the store before."""

    definitions: int
    new: int
    known: int


def export(store: Store, wanted: Collection[str] | None = None) -> Iterator[str]:
    """Lines: what it is, the definitions by their hashes, the events by run, writer and number. None: all runs."""
    yield HEAD
    with store.reading() as connection:
        kept = sql.select(definitions.c.body).order_by(definitions.c.hash)
        bodies = sql.select(events.c.body).order_by(events.c.run, events.c.writer, events.c.seq)
        if wanted is not None:
            of_runs = sql.select(runs.c.definition).where(runs.c.run.in_(wanted))
            kept, bodies = kept.where(definitions.c.hash.in_(of_runs)), bodies.where(events.c.run.in_(wanted))
        for body in connection.scalars(kept):
            yield json.dumps({"definition": json.loads(body)}, sort_keys=True)
        yield from connection.scalars(bodies, execution_options={"yield_per": BATCH})


def take_in(store: Store, lines: Iterable[str]) -> TakenIn:
    """Raises `LogFault` at the first line that is neither, with nothing taken in."""
    count = total = new = 0
    batch: list[Event] = []
    with store.writing() as connection:
        for found in _read(lines):
            if isinstance(found, Event):
                batch.append(found)
            else:
                register(connection, json.dumps(found))
                count += 1
            if len(batch) >= BATCH:
                total, new, batch = total + len(batch), new + len(record_all(connection, batch)), []
        total, new = total + len(batch), new + len(record_all(connection, batch))
    return TakenIn(count, new, total - new)


def _read(lines: Iterable[str]) -> Iterator[Event | dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r\n")
        if number == 1:
            if line != HEAD:
                raise LogFault("line 1 does not say that these are records of runs, as `pipeglot records export` does")
            continue
        found = parse(line)
        if found is None and line.startswith('{"definition":'):
            yield _definition(line, number)
        elif found is None:
            raise LogFault(f"line {number} is neither an event nor a definition: nothing was taken in")
        else:
            yield found


def _definition(line: str, number: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(line)["definition"]
    except ValueError:
        raise LogFault(f"line {number} is cut off: nothing was taken in") from None
    return found
