"""The store against its own journal: what is missing, and everything made anew."""

from __future__ import annotations

from pipeglot_records.store import journal
from pipeglot_records.store.database import Store
from pipeglot_records.store.journal import Gap
from pipeglot_records.store.projections import rebuild


def verify(store: Store, run: str | None = None) -> tuple[Gap, ...]:
    """Writers of whom not all events arrived. Empty when the record is whole."""
    with store.reading() as connection:
        return journal.gaps(connection, run)


def rebuild_store(store: Store) -> int:
    """Every table made again from the journal, in one transaction. Returns the number of events."""
    with store.writing() as connection:
        return rebuild(connection)
