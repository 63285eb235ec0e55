"""Runs taken out of a store, with all that it has of them, and out of the folder of this project."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sql
from sqlalchemy import exc

from pipeglot import keeping
from pipeglot_backends.local.engine.run_folder import remove
from pipeglot_records.model.json_values import mapping, read, text
from pipeglot_records.store.database import Store
from pipeglot_records.store.journal import chunks
from pipeglot_records.store.tables import PROJECTED, attempts, definitions, events, runs


@dataclass(frozen=True, slots=True)
class Volume:
    """Of some runs: how many events there are, and their bytes as they were written."""

    events: int = 0
    size: int = 0


def volume(store: Store, wanted: Sequence[str]) -> Volume:
    count = size = 0
    with store.reading() as connection:
        for some in chunks(wanted):
            query = sql.select(sql.func.count(), sql.func.sum(sql.func.length(events.c.body)))
            row = connection.execute(query.where(events.c.run.in_(some))).one()
            count, size = count + row[0], size + int(row[1] or 0)
    return Volume(count, size)


def forget(store: Store, kept: Path, wanted: Sequence[str]) -> int:
    """Of runs that are over. What they alone were defined by goes with them. Returns how many went."""
    gone = 0
    for some in chunks(wanted):
        with store.writing() as connection:
            here = _over(connection, some)
            named = _definitions(connection, here)
            for table in (*PROJECTED, events):
                connection.execute(table.delete().where(table.c.run.in_(list(here))))
            _undefine(connection, named)
        for run, folder in here.items():
            _clear(kept, run, folder)
        gone += len(here)
    _shrink(store)
    return gone


def _over(connection: sql.Connection, some: Sequence[str]) -> dict[str, str | None]:
    """With the folder of each, where it is one of this machine."""
    query = sql.select(runs.c.run, runs.c.native).where(runs.c.run.in_(some), runs.c.ended.is_not(None))
    places = [(row.run, mapping(read(row.native))) for row in connection.execute(query)]
    mine = os.uname().nodename
    return {run: text(place.get("folder")) if place.get("host") == mine else None for run, place in places}


def _definitions(connection: sql.Connection, gone: Iterable[str]) -> set[str]:
    found = set[str]()
    for table in (runs, attempts):
        query = sql.select(table.c.definition).where(table.c.run.in_(list(gone))).distinct()
        found.update(name for name in connection.scalars(query) if name)
    return found


def _undefine(connection: sql.Connection, named: set[str]) -> None:
    for table in (runs, attempts):
        query = sql.select(table.c.definition).where(table.c.definition.in_(list(named))).distinct()
        named -= {name for name in connection.scalars(query) if name}
    connection.execute(definitions.delete().where(definitions.c.hash.in_(list(named))))


def _clear(kept: Path, run: str, folder: str | None) -> None:
    """Its record, its logs and its plan: what is found there later would be taken in again."""
    if Path(run).name != run or run == "..":
        return  # an id that leads elsewhere is none of ours
    place = kept / keeping.RUNS / run
    if folder is not None and Path(folder).resolve() == place.resolve():
        remove(place)
    remove(kept / keeping.COLLECTED / run)


def _shrink(store: Store) -> None:
    """An SQLite file keeps its size, and what was in it, until it is written anew; no harm where it is in use."""
    if store.engine.dialect.name != "sqlite" or not store.is_kept:
        return
    connection = store.engine.raw_connection()
    with suppress(exc.DBAPIError, OSError, *_driver_faults(store)):
        connection.cursor().execute("VACUUM")
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _driver_faults(store: Store) -> tuple[type[Exception], ...]:
    return (store.engine.dialect.loaded_dbapi.Error,)
