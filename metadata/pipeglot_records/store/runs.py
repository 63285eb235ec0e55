"""One run from the store, as it is shown."""

from __future__ import annotations

import time

import sqlalchemy as sql

from pipeglot_records.model.derivation import settle
from pipeglot_records.model.facts import fold
from pipeglot_records.model.run_view import RunView
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.store import journal
from pipeglot_records.store.database import Store
from pipeglot_records.store.projections import definition_of
from pipeglot_records.store.tables import runs


def load(store: Store, run: str, now: int | None = None, vital: Vital = NOBODY) -> RunView:
    """The run with every step of its definition. `run` is a whole id."""
    now = time.time_ns() if now is None else now
    with store.reading() as connection:
        facts = fold(run, journal.shaping(connection, run))
        facts.seen = max(facts.seen, connection.scalar(sql.select(runs.c.seen).where(runs.c.run == run)) or 0)
        definition = definition_of(connection, facts)
    return settle(definition, facts, vital.seen_at(run, facts.seen, now))
