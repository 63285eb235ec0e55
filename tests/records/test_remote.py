"""How a run on an engine is said to have ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot_backends.remote.protocol import RunState
from pipeglot_records.engines.remote import ended
from pipeglot_records.store.database import Store
from tests.records.conftest import RUN, Log

UNTOUCHED = (RunState.FAILED, RunState.CANCELLED, RunState.GONE)


def test_a_run_failed_where_its_record_says_so(log: Log, store: Store, tmp_path: Path) -> None:
    log.whole()
    log.lines = [line for line in log.lines if line["event"] != "run-end" and line["step"] != "report"]
    log.start("report").fail("report").over("succeeded").into(store, tmp_path / "logs")
    assert ended(store, RUN, RunState.SUCCEEDED) is RunState.FAILED
    assert [ended(store, RUN, said) for said in UNTOUCHED] == [*UNTOUCHED]


@pytest.mark.parametrize("said", RunState)
def test_else_it_ended_as_its_engine_says(said: RunState, log: Log, store: Store, tmp_path: Path) -> None:
    log.whole().into(store, tmp_path / "logs")
    assert ended(store, RUN, said) is said
