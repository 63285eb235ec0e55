"""Definitions in the store: by their hash, so the same one is kept once."""

from __future__ import annotations

import json

import sqlalchemy as sql

from pipeglot.definition import canonical, definition_hash
from pipeglot_records.faults import DefinitionFault
from pipeglot_records.model.definitions import read_definition
from pipeglot_records.store.projections import refresh
from pipeglot_records.store.tables import definitions, runs


def register(connection: sql.Connection, definition: str) -> str:
    """Keeps a definition, as `compile` wrote it, and returns its hash. Runs that waited for it are settled."""
    body = _one_spelling(definition)
    name, pipeline = definition_hash(body), read_definition(body).pipeline
    if connection.scalar(sql.select(definitions.c.hash).where(definitions.c.hash == name)) is None:
        connection.execute(definitions.insert(), {"hash": name, "pipeline": pipeline, "body": body})
        for run in connection.scalars(sql.select(runs.c.run).where(runs.c.definition == name)).all():
            refresh(connection, run)
    return name


def _one_spelling(definition: str) -> str:
    """Without the line ends that people review it by."""
    if not definition.isascii():
        raise DefinitionFault("the definition is not as `compile` wrote it: it holds characters beyond ASCII")
    try:
        return canonical(json.loads(definition))
    except ValueError as fault:
        raise DefinitionFault(f"the definition is not JSON: {fault}") from None
