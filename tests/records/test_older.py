"""Stores as older versions of pipeglot left them, each dumped by its own code: whoever opens one has it anew, once."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sql

from pipeglot_records.show import run
from pipeglot_records.store import tables
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.journal import everything
from pipeglot_records.store.verification import differences
from tests.records.conftest import RUN, contents, take

OLDER = sorted((Path(__file__).parent / "older").glob("*.sql"))


@pytest.fixture(params=OLDER, ids=lambda dump: dump.stem)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    place = tmp_path / "older.db"
    with closing(sqlite3.connect(place)) as connection:
        connection.executescript(request.param.read_text())
    return str(place)


def test_there_is_one_of_each_schema() -> None:
    assert [dump.stem for dump in OLDER] == [f"schema-{schema}" for schema in range(1, tables.SCHEMA)]


def test_eight_that_open_it_at_once_find_what_a_new_store_would_hold(older: str, store: Store) -> None:
    def begin(_: int) -> str:
        with open_store(older, {}) as opened:
            return run.text(opened, RUN)

    with ThreadPoolExecutor(8) as racers:
        pages = set(racers.map(begin, range(8)))
    with open_store(older, {}) as upgraded:
        with upgraded.reading() as connection:
            journal = [event for batch in everything(connection, 100) for event in batch]
            definitions = list(connection.scalars(sql.select(tables.definitions.c.body)))
            assert connection.scalars(sql.select(tables.store_meta.c.value)).all() == [str(tables.SCHEMA)]
        assert differences(upgraded) == ()
        for definition in definitions:
            store.register(definition)
        take(store, journal)
        assert contents(upgraded) == contents(store)
    assert journal
    assert pages == {run.text(store, RUN)}
