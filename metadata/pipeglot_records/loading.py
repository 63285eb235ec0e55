"""One run from the store, as it is shown."""

from __future__ import annotations

import time

import sqlalchemy as sql

from pipeglot_records import journal
from pipeglot_records.deriving import settle
from pipeglot_records.facts import fold
from pipeglot_records.pictures import Picture
from pipeglot_records.projections import definition_of
from pipeglot_records.store import Store
from pipeglot_records.tables import runs


def load(store: Store, run: str, now: int | None = None) -> Picture:
    """The run with every step of its definition. `run` is a whole id."""
    with store.reading() as connection:
        facts = fold(run, journal.shaping(connection, run))
        facts.seen = max(facts.seen, connection.scalar(sql.select(runs.c.seen).where(runs.c.run == run)) or 0)
        definition = definition_of(connection, facts)
    return settle(definition, facts, time.time_ns() if now is None else now)
