"""`pipeglot runs`: which runs there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot_records.model.run_view import OVERDUE
from pipeglot_records.queries.filter import ALL, Wanted
from pipeglot_records.show.run_list import list_runs
from pipeglot_records.show.run_table import runs_text
from pipeglot_records.store.database import Store
from tests.records.conftest import OTHER, RUN, Log

TABLE = """\
RUN            PIPELINE  STATE      STARTED (UTC)        DURATION  TARGET
0190c3f2-9999  churn     failed     2027-01-15 08:16:41      3.0s  local
0190c3f2-7d1e  churn     succeeded  2027-01-15 08:00:01     26.0s  local
"""


@pytest.fixture
def filled(definition: str, store: Store, tmp_path: Path) -> Store:
    Log(definition, RUN).whole().into(store, tmp_path / "one")
    failing = Log(definition, OTHER, 1_800_001_000).run().start("extract").fail("extract")
    failing.over("failed").into(store, tmp_path / "two")
    return store


def ids(store: Store, wanted: Wanted = ALL, now: int | None = None) -> list[str]:
    return [entry["run"] for entry in list_runs(store, wanted, now=now)]


def test_it_lists_the_newest_first(filled: Store) -> None:
    assert ids(filled) == [OTHER, RUN]
    assert ids(filled, Wanted(limit=1)) == [OTHER]


def test_it_keeps_to_a_pipeline_or_a_state(filled: Store) -> None:
    assert ids(filled, Wanted(state="succeeded")) == [RUN]
    assert ids(filled, Wanted(state="cancelled")) == []
    assert ids(filled, Wanted(pipeline="churn")) == [OTHER, RUN]
    assert ids(filled, Wanted(pipeline="chur")) == []


def test_it_tells_a_run_that_lives_from_a_silent_one(definition: str, store: Store, tmp_path: Path) -> None:
    log = Log(definition).run().start("extract").into(store, tmp_path / "logs")
    last = log.lines[-1]["time"]
    assert [entry["state"] for entry in list_runs(store, now=last + OVERDUE)] == ["running"]
    assert [entry["state"] for entry in list_runs(store, now=last + OVERDUE + 1)] == ["unknown"]
    assert ids(store, Wanted(state="running"), now=last + OVERDUE) == [RUN]
    assert ids(store, Wanted(state="unknown"), now=last + OVERDUE + 1) == [RUN]
    assert ids(store, Wanted(state="unknown"), now=last) == []


def test_it_is_a_table(filled: Store) -> None:
    assert runs_text(list_runs(filled)) == TABLE


def test_it_says_that_there_are_none(store: Store) -> None:
    assert runs_text(list_runs(store)) == "no runs\n"


def test_it_gives_what_a_program_needs(filled: Store) -> None:
    entry = list_runs(filled, Wanted(state="succeeded"))[0]
    assert entry["started"] == "2027-01-15T08:00:01.000Z"
    assert entry["duration"] == 26.0
    assert entry["definition"] is not None
