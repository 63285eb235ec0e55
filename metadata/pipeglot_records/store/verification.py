"""The store against its own journal: what is missing, and everything made anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sql

from pipeglot_records.store import journal
from pipeglot_records.store.database import Store
from pipeglot_records.store.journal import Gap
from pipeglot_records.store.projections import rebuild
from pipeglot_records.store.tables import PROJECTED


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one table that the journal does not say, and rows that it says and are not there."""

    table: str
    surplus: int
    missing: int


def verify(store: Store, run: str | None = None) -> tuple[Gap, ...]:
    """Writers of whom not all events arrived. Empty when the record is whole."""
    with store.reading() as connection:
        return journal.gaps(connection, run)


def rebuild_store(store: Store) -> int:
    """Every table made again from the journal, in one transaction. Returns the number of events."""
    with store.writing() as connection:
        return rebuild(connection)


def differences(store: Store) -> tuple[Difference, ...]:
    """The tables beside what the journal makes of them, which is thrown away again. Empty when they agree."""
    with store.engine.connect() as connection, connection.begin() as trial:
        before = {table.name: _rows(connection, table) for table in PROJECTED}
        rebuild(connection)
        after = {table.name: _rows(connection, table) for table in PROJECTED}
        trial.rollback()
    found = (
        Difference(name, (before[name] - after[name]).total(), (after[name] - before[name]).total()) for name in before
    )
    return tuple(each for each in found if each.surplus or each.missing)


def _rows(connection: sql.Connection, table: sql.Table) -> Counter[tuple[object, ...]]:
    return Counter(tuple(row) for row in connection.execute(sql.select(table)))
