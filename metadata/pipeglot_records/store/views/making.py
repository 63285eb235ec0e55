"""Tables and views in a database, as this version has them: views go before the tables that they stand on change."""

from __future__ import annotations

import sqlalchemy as sql

from pipeglot_records.store import tables
from pipeglot_records.store.projections import rebuild
from pipeglot_records.store.views.catalogue import VIEWS


def make_anew(connection: sql.Connection, *, filled: bool) -> None:
    """All but the journal and what is in none. `filled`: there is a journal to fill them from."""
    for view in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")
    tables.metadata.drop_all(connection, tables.PROJECTED)
    if connection.dialect.name == "postgresql":
        for index in tables.events.indexes:
            index.dialect_kwargs.update(tables.ON_POSTGRESQL)
    tables.metadata.create_all(connection)
    for view in VIEWS:
        connection.exec_driver_sql(view.creation(connection.dialect.name))
    connection.execute(tables.store_meta.delete())
    connection.execute(tables.store_meta.insert(), {"key": "schema", "value": str(tables.SCHEMA)})
    if filled:
        rebuild(connection)
