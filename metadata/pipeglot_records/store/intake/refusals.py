"""Events that a store does not take: each costs itself, and a note that says so, never the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sql
from sqlalchemy import exc

from pipeglot.definition import canonical
from pipeglot.ir import Json
from pipeglot_records.model.events import FORMAT, Event, noted
from pipeglot_records.store.journal import chunks
from pipeglot_records.store.projections import record
from pipeglot_records.store.tables import attempts

_OF_VALUES = (ValueError, ArithmeticError, TypeError, LookupError, AttributeError, RecursionError)
_STATES = ("22", "54")
"""What PostgreSQL calls data that it cannot keep, and what is too long for it."""
_OF_SQLITE = (exc.DataError, exc.InterfaceError, exc.ProgrammingError)


def record_all(connection: sql.Connection, batch: list[Event]) -> list[Event]:
    """As `record`. What the store has against single events is noted in their place; other faults are raised."""
    try:
        with connection.begin_nested():
            return record(connection, batch)
    except (exc.DBAPIError, *_OF_VALUES) as fault:
        if not _is_of_an_event(fault):
            raise
        if len(batch) == 1:
            return _note(connection, batch[0], fault)
    half = len(batch) // 2
    return record_all(connection, batch[:half]) + record_all(connection, batch[half:])


def _is_of_an_event(fault: Exception) -> bool:
    if not isinstance(fault, exc.DBAPIError):
        return True
    state = getattr(fault.orig, "sqlstate", None)
    return state[:2] in _STATES if isinstance(state, str) else isinstance(fault, _OF_SQLITE)


def _note(connection: sql.Connection, event: Event, fault: Exception) -> list[Event]:
    """Nothing is left of one that cannot even be named."""
    why = fault.orig if isinstance(fault, exc.DBAPIError) else fault
    note = noted(event, f"{type(why).__name__}: {str(why).splitlines()[:1]}")
    try:
        with connection.begin_nested():
            return record(connection, [replace(note, text=_text(note))])
    except (exc.DBAPIError, *_OF_VALUES) as again:
        if not _is_of_an_event(again):
            raise
        return []


def _text(note: Event) -> str:
    base: dict[str, Json] = {"v": FORMAT, "event": note.kind, "run": note.run, "step": note.step, "item": note.item}
    said: dict[str, Json] = {name: note.fields[name] for name in ("name", "value")}
    return canonical(
        {**base, **said, "attempt": note.attempt, "writer": note.writer, "seq": note.seq, "time": note.time}
    )


def owners_of(connection: sql.Connection, events: Sequence[Event]) -> dict[str, str]:
    """By attempt the run that it is of: of one that nobody has named before, the first of these events says so."""
    found: dict[str, str] = {}
    for some in chunks(sorted({event.attempt for event in events if event.attempt})):
        rows = connection.execute(sql.select(attempts.c.attempt, attempts.c.run).where(attempts.c.attempt.in_(some)))
        found.update((row.attempt, row.run) for row in rows)
    for event in events:
        if event.attempt:
            found.setdefault(event.attempt, event.run)
    return found
