"""A store opened to be asked, with the runs of this machine looked after first, so that none is told wrong."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sql

from pipeglot import keeping
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.lookup import known_of
from pipeglot_records.store.tables import runs

LOCAL = "local"


@contextmanager
def asked(place: str | None) -> Generator[tuple[Store, Vital], None, None]:
    """Not made where there is none. `Vital` is what lives of the runs that are not over."""
    with open_store(place, os.environ, make=False) as store:
        yield store, _look(store, keeping.kept_here())


def _look(store: Store, kept: Path) -> Vital:
    """Most often all runs of this machine are over, and there is nothing to load that looks after them."""
    if not store.is_kept or not _is_any_open(store, kept):
        return NOBODY
    from pipeglot_records.engines.settling import look

    return look(store, kept)


def _is_any_open(store: Store, kept: Path) -> bool:
    query = sql.select(runs.c.run).where(runs.c.ended.is_(None), runs.c.target == LOCAL).limit(1)
    names = list(_names(kept))
    with store.reading() as connection:
        return connection.scalar(query) is not None or not known_of(connection, names).issuperset(names)


def _names(kept: Path) -> Iterator[str]:
    with suppress(OSError):
        yield from (folder.name for folder in (kept / keeping.RUNS).iterdir())
