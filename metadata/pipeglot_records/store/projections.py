"""What the tables say of the journal: the same rows whatever the order in which the events arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sql

from pipeglot_records.model.definitions import Definition, read_definition, seen_definition
from pipeglot_records.model.derivation import settle
from pipeglot_records.model.events import Event
from pipeglot_records.model.facts import Facts, fold
from pipeglot_records.model.json_values import text
from pipeglot_records.store import journal, tables
from pipeglot_records.store.journal import chunks
from pipeglot_records.store.metrics import measure
from pipeglot_records.store.rows import (
    Row,
    attempt_row,
    lineage_rows,
    output_rows,
    param_rows,
    remark_rows,
    run_row,
    step_rows,
    use_rows,
)

BATCH = 5000
_OF_ATTEMPTS = (tables.outputs, tables.attempts)
_OF_ENDED_RUNS = (tables.steps, tables.uses, tables.lineage)


def record(connection: sql.Connection, batch: Iterable[Event]) -> list[Event]:
    """Adds to the journal and brings the tables up to date, in the caller's transaction. Returns what was new."""
    new = journal.append(connection, batch)
    _project(connection, new)
    return new


def rebuild(connection: sql.Connection) -> int:
    """Empties every projected table and fills it again from the journal. Returns the number of events."""
    for table in tables.PROJECTED:
        connection.execute(table.delete())
    count = 0
    for batch in journal.everything(connection, BATCH):
        _project(connection, batch)
        count += len(batch)
    return count


def refresh(connection: sql.Connection, run: str) -> None:
    """Projects what stands above the attempts of a run once more, after its definition became known."""
    _run(connection, run, [])


def definition_of(connection: sql.Connection, facts: Facts, known: str | None = None) -> Definition:
    """The run's definition, or what stands in for it."""
    name = known or text(facts.head.get("definition")) or _started_with(facts)
    body = connection.scalar(sql.select(tables.definitions.c.body).where(tables.definitions.c.hash == name))
    if body is not None:
        return read_definition(body)
    places = [*facts.words, *((one.step, one.item) for one in facts.by_id.values())]
    fanned = {step for step, item in places if item is not None} | set(facts.lists)
    return seen_definition(
        text(facts.head.get("pipeline")) or "?", [*(step for step, _ in places), *facts.lists], frozenset(fanned)
    )


def _started_with(facts: Facts) -> str | None:
    found = (text(one.start.get("definition")) for one in facts.by_id.values())
    return min((name for name in found if name), default=None)


def _project(connection: sql.Connection, new: Iterable[Event]) -> None:
    by_run: dict[str, list[Event]] = {}
    for event in new:
        by_run.setdefault(event.run, []).append(event)
    for run, events in by_run.items():
        _attempts(connection, run, [event for event in events if event.attempt and not event.is_bulk])
        measure(connection, events)
        _insert(connection, tables.remarks, remark_rows(events))
        _run(connection, run, events)


def _attempts(connection: sql.Connection, run: str, events: list[Event]) -> None:
    touched = sorted({event.attempt for event in events if event.attempt})
    known = set[str]()
    for some in chunks(touched):
        column = tables.attempts.c.attempt
        known.update(connection.scalars(sql.select(column).where(column.in_(some))))
        for table in _OF_ATTEMPTS if known else ():
            connection.execute(table.delete().where(table.c.attempt.in_(some)))
    fresh = [event for event in events if event.attempt not in known]
    facts = fold(run, [*journal.of_attempts(connection, run, known), *fresh])
    found = facts.by_id.values()
    _insert(connection, tables.attempts, (attempt_row(run, one) for one in found))
    _insert(connection, tables.outputs, (row for one in found for row in output_rows(run, one)))


def _run(connection: sql.Connection, run: str, events: list[Event]) -> None:
    table = tables.runs
    before = connection.execute(sql.select(table).where(table.c.run == run)).first()
    if before is not None and events and all(event.is_bulk for event in events):
        _seen(connection, before, [event.time for event in events])
        return
    if before is not None:
        for old in (table, tables.run_params):
            connection.execute(old.delete().where(old.c.run == run))
    times = [event.time for event in events]
    facts = fold(run, journal.of_run_level(connection, run))
    row = run_row(facts)
    row["first"] = min([*times, *([before.first] if before else [])], default=0)
    row["seen"] = max([*times, *([before.seen] if before else [])], default=0)
    row["definition"] = row["definition"] or _seen_definition(connection, run)
    row["pipeline"] = row["pipeline"] or _pipeline(connection, row["definition"])
    if facts.over:
        row["state"] = _ended(connection, run)
    connection.execute(table.insert(), row)
    _insert(connection, tables.run_params, param_rows(facts))


def _seen(connection: sql.Connection, before: sql.Row[Any], times: list[int]) -> None:
    """What changes no state moves only the times of a run."""
    table = tables.runs
    times += before.first, before.seen
    changed = table.update().where(table.c.run == before.run)
    connection.execute(changed, {"first": min(times), "seen": max(times)})


def _seen_definition(connection: sql.Connection, run: str) -> str | None:
    table = tables.attempts
    found = connection.scalars(sql.select(table.c.definition).where(table.c.run == run).distinct())
    return min((name for name in found if name), default=None)


def _pipeline(connection: sql.Connection, definition: object) -> str | None:
    table = tables.definitions
    return text(connection.scalar(sql.select(table.c.pipeline).where(table.c.hash == definition)))


def _ended(connection: sql.Connection, run: str) -> str:
    """States, lineage and uses of a run that is over: settled as a whole, since each depends on the others."""
    facts = fold(run, journal.shaping(connection, run))
    picture = settle(definition_of(connection, facts), facts, facts.seen)
    for table in _OF_ENDED_RUNS:
        connection.execute(table.delete().where(table.c.run == run))
    _insert(connection, tables.steps, step_rows(picture))
    _insert(connection, tables.uses, use_rows(picture))
    _insert(connection, tables.lineage, lineage_rows(picture))
    return picture.state


def _insert(connection: sql.Connection, table: sql.Table, rows: Iterator[Row]) -> None:
    found = list(rows)
    if found:
        connection.execute(table.insert(), found)
