"""Definitions in the store: by their hash, so the same one is kept once."""

from __future__ import annotations

import sqlalchemy as sql

from pipeglot.definition import definition_hash
from pipeglot_records import tables
from pipeglot_records.definitions import read_definition
from pipeglot_records.projections import refresh
from pipeglot_records.store import Store


def register(store: Store, definition: str) -> str:
    """Keeps a definition, as `compile` wrote it, and returns its hash. Runs that waited for it are settled."""
    body = definition.strip()
    name = definition_hash(body)
    pipeline = read_definition(body).pipeline
    table = tables.definitions
    with store.writing() as connection:
        if connection.scalar(sql.select(table.c.hash).where(table.c.hash == name)) is None:
            connection.execute(table.insert(), {"hash": name, "pipeline": pipeline, "body": body})
            waiting = sql.select(tables.runs.c.run).where(tables.runs.c.definition == name)
            for run in connection.scalars(waiting).all():
                refresh(connection, run)
    return name
