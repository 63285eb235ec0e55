"""What the tables say of the journal: the same rows whatever the order in which the events arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sqlalchemy as sql

from pipeglot_records.model.definitions import Definition, read_definition, seen_definition
from pipeglot_records.model.derivation import settle
from pipeglot_records.model.events import Event
from pipeglot_records.model.facts import Attempt, Facts, fold
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
_ByRun: TypeAlias = Mapping[str, list[Event]]
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
    _runs(connection, {run: []})


def definition_of(connection: sql.Connection, facts: Facts, known: str | None = None) -> Definition:
    """The run's definition, or what stands in for it."""
    return _Definitions(connection).of(facts, known)


@dataclass(slots=True)
class _Definitions:
    """Those that are known, each asked for and read once: most runs of a batch are of few."""

    connection: sql.Connection
    read: dict[str, Definition | None] = field(default_factory=dict[str, "Definition | None"])
    pipelines: dict[str, str | None] = field(default_factory=dict[str, "str | None"])

    def of(self, facts: Facts, known: str | None) -> Definition:
        name = known or text(facts.head.get("definition")) or _started_with(facts)
        found = self._named(name) if name else None
        if found is not None:
            return found
        places = [*facts.words, *((one.step, one.item) for one in facts.by_id.values())]
        fanned = {step for step, item in places if item is not None} | set(facts.lists)
        return seen_definition(
            text(facts.head.get("pipeline")) or "?", [*(step for step, _ in places), *facts.lists], frozenset(fanned)
        )

    def _named(self, name: str) -> Definition | None:
        if name not in self.read:
            table = tables.definitions
            body = self.connection.scalar(sql.select(table.c.body).where(table.c.hash == name))
            self.read[name] = None if body is None else read_definition(body)
        return self.read[name]

    def pipeline(self, name: str | None) -> str | None:
        if name is None:
            return None
        if name not in self.pipelines:
            table = tables.definitions
            found = self.connection.scalar(sql.select(table.c.pipeline).where(table.c.hash == name))
            self.pipelines[name] = text(found)
        return self.pipelines[name]


def _started_with(facts: Facts) -> str | None:
    found = (text(one.start.get("definition")) for one in facts.by_id.values())
    return min((name for name in found if name), default=None)


def _project(connection: sql.Connection, new: Iterable[Event]) -> None:
    by_run: dict[str, list[Event]] = {}
    for event in new:
        by_run.setdefault(event.run, []).append(event)
    for some in _apart(by_run):
        events = [event for each in some.values() for event in each]
        _attempts(connection, some)
        measure(connection, events)
        _insert(connection, tables.remarks, remark_rows(events))
        _runs(connection, some)


def _apart(by_run: _ByRun) -> Iterator[_ByRun]:
    """Runs that can be written together: one that names an attempt of another comes after it."""
    some: dict[str, list[Event]] = {}
    named = set[str]()
    for run, events in by_run.items():
        own = {event.attempt for event in events if event.attempt}
        if not named.isdisjoint(own):
            yield some
            some, named = {}, set[str]()
        some[run] = events
        named |= own
    yield some


def _attempts(connection: sql.Connection, by_run: _ByRun) -> None:
    shaping = {
        run: [event for event in events if event.attempt and not event.is_bulk] for run, events in by_run.items()
    }
    known = set[str]()
    for some in chunks(sorted({event.attempt for events in shaping.values() for event in events if event.attempt})):
        column = tables.attempts.c.attempt
        known.update(connection.scalars(sql.select(column).where(column.in_(some))))
        for table in _OF_ATTEMPTS if known else ():
            connection.execute(table.delete().where(table.c.attempt.in_(some)))
    found: list[tuple[str, Attempt]] = []
    for run, events in shaping.items():
        fresh = [event for event in events if event.attempt not in known]
        again = {event.attempt for event in events if event.attempt in known and event.attempt}
        facts = fold(run, [*journal.of_attempts(connection, run, again), *fresh])
        found += ((run, one) for one in facts.by_id.values())
    _insert(connection, tables.attempts, (attempt_row(run, one) for run, one in found))
    _insert(connection, tables.outputs, (row for run, one in found for row in output_rows(run, one)))


def _runs(connection: sql.Connection, by_run: _ByRun) -> None:
    table = tables.runs
    known: dict[str, sql.Row[Any]] = {}
    for some in chunks(sorted(by_run)):
        known.update((row.run, row) for row in connection.execute(sql.select(table).where(table.c.run.in_(some))))
    settled = _Settled(connection, _Definitions(connection))
    for run, events in by_run.items():
        before = known.get(run)
        if before is not None and events and _moves_times_alone(before, events):
            _seen(connection, before, [event.time for event in events])
        else:
            settled.add(run, events, before)
    settled.write()


@dataclass(slots=True)
class _Settled:
    """What is to be written of some runs, all at once: a run may be of a dozen events."""

    connection: sql.Connection
    definitions: _Definitions
    stale: list[str] = field(default_factory=list[str])
    ended: list[str] = field(default_factory=list[str])
    """Of those that were there before, and so may have states."""
    rows: dict[sql.Table, list[Row]] = field(default_factory=dict[sql.Table, "list[Row]"])

    def add(self, run: str, events: list[Event], before: sql.Row[Any] | None) -> None:
        """Of a run that was not there before the journal has nothing but these events."""
        is_new = before is None and bool(events)
        if before is not None:
            self.stale.append(run)
        facts = fold(run, _shaping(events) if is_new else journal.of_run_level(self.connection, run))
        times = [event.time for event in events]
        row = run_row(facts)
        row["first"] = min([*times, *([before.first] if before else [])], default=0)
        row["seen"] = max([*times, *([before.seen] if before else [])], default=0)
        named = text(facts.head.get("definition"))
        named = named or (_started_with(facts) if is_new else _seen_definition(self.connection, run))
        row["definition"] = named
        row["pipeline"] = row["pipeline"] or self.definitions.pipeline(named)
        row["state"] = None
        if facts.over:
            whole = facts if is_new else fold(run, journal.shaping(self.connection, run))
            row["state"] = self._ended(whole)
            self.ended += [run] if before is not None else []
        self._keep(tables.runs, [row])
        self._keep(tables.run_params, param_rows(facts))

    def _ended(self, facts: Facts) -> str:
        """States, lineage and uses of a run that is over: settled as a whole, since each depends on the others."""
        picture = settle(self.definitions.of(facts, None), facts, facts.seen)
        self._keep(tables.steps, step_rows(picture))
        self._keep(tables.uses, use_rows(picture))
        self._keep(tables.lineage, lineage_rows(picture))
        return picture.state

    def _keep(self, table: sql.Table, rows: Iterable[Row]) -> None:
        self.rows.setdefault(table, []).extend(rows)

    def write(self) -> None:
        for some in chunks(self.ended):
            for table in _OF_ENDED_RUNS:
                self.connection.execute(table.delete().where(table.c.run.in_(some)))
        for some in chunks(self.stale):
            for table in (tables.runs, tables.run_params):
                self.connection.execute(table.delete().where(table.c.run.in_(some)))
        for table, rows in self.rows.items():
            _insert(self.connection, table, iter(rows))


def _shaping(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if not event.is_bulk]


def _moves_times_alone(before: sql.Row[Any], events: list[Event]) -> bool:
    """Of a run that is not over: nothing of what its row is made of, and no definition that would come first."""
    if all(event.is_bulk for event in events):
        return True
    if before.ended is not None or before.definition is None:
        return False
    names = (event.fields.get("definition") for event in events if event.kind == "start")
    first = min((name for name in names if isinstance(name, str)), default=before.definition)
    return bool(first >= before.definition) and not any(event.kind in journal.OF_RUNS for event in events)


def _seen(connection: sql.Connection, before: sql.Row[Any], times: list[int]) -> None:
    table = tables.runs
    times += before.first, before.seen
    changed = table.update().where(table.c.run == before.run)
    connection.execute(changed, {"first": min(times), "seen": max(times)})


def _seen_definition(connection: sql.Connection, run: str) -> str | None:
    table = tables.attempts
    found = connection.scalars(sql.select(table.c.definition).where(table.c.run == run).distinct())
    return min((name for name in found if name), default=None)


def _insert(connection: sql.Connection, table: sql.Table, rows: Iterator[Row]) -> None:
    found = list(rows)
    if found:
        connection.execute(table.insert(), found)
