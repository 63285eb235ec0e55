"""The store against its own journal: what is missing, and everything made anew."""

from __future__ import annotations

from pipeglot_records import journal
from pipeglot_records.journal import Gap
from pipeglot_records.projections import rebuild
from pipeglot_records.store import Store


def verify(store: Store, run: str | None = None) -> tuple[Gap, ...]:
    """Writers of whom not all events arrived. Empty when the record is whole."""
    with store.reading() as connection:
        return journal.gaps(connection, run)


def rebuild_store(store: Store) -> int:
    """Every table made again from the journal, in one transaction. Returns the number of events."""
    with store.writing() as connection:
        return rebuild(connection)
