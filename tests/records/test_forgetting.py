"""Runs that are taken out of a store: nothing of theirs is left, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sql

from pipeglot.run_events import event_line
from pipeglot_records.model.events import parse
from pipeglot_records.store.database import Store
from pipeglot_records.store.projections import record
from pipeglot_records.store.tables import PROJECTED, definitions, events
from pipeglot_records.store.verification import differences
from pipeglot_records.upkeep.forgetting import forget
from tests.records.conftest import OTHER, RUN, Log


def test_nothing_of_it_is_left(log: Log, store: Store, tmp_path: Path) -> None:
    log.whole().into(store, tmp_path / "logs")
    forget(store, tmp_path, [RUN, OTHER])
    with store.reading() as connection:
        for table in (*PROJECTED, events, definitions):
            assert connection.scalar(sql.select(sql.func.count()).select_from(table)) == 0, table.name
    assert not differences(store)


def test_what_is_not_over_stays(log: Log, store: Store, tmp_path: Path) -> None:
    log.start("extract").into(store, tmp_path / "logs")
    assert forget(store, tmp_path, [RUN]) == 0


def test_an_id_leads_nowhere_else(store: Store, tmp_path: Path) -> None:
    project, mine = tmp_path / "project", tmp_path / "mine"
    (project / "collected").mkdir(parents=True)
    mine.mkdir()
    odd = ("../../mine", "..", ".")
    lines = [event_line("run-end", run, "w", 0, 1, {"state": "failed", "by": "local"}) for run in odd]
    with store.writing() as connection:
        record(connection, [event for event in map(parse, lines) if event])
    assert forget(store, project, odd) == len(odd)
    assert mine.is_dir()
    assert (project / "collected").is_dir()
