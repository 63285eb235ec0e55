"""`pipeglot logs` of a run on an engine, which keeps its logs itself."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.engines import recording
from tests.engines.recording import Engine
from tests.secrecy.canary import CANARY, RUN, leaks, pipeglot, seen_in, submitted, written_there

from pipeglot.cli import engine_logs

PIECE = base64.b64encode(zlib.compress(b"a record")).decode()
LINES = ["begun", f"token is {CANARY}", f"pipeglot-record {'0' * 16} 1/1 {PIECE}", "\x1b[31mdone"]


@pytest.fixture(
    params=[("argo", recording.kubernetes), ("argo", recording.argo_server), ("airflow", recording.airflow)]
)
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """With a run of which nothing was collected yet."""
    target: str
    server: Callable[[Path], AbstractContextManager[Engine]]
    target, server = request.param
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine_logs, "PAUSE", 0.01)
    with server(tmp_path) as it:
        for name, value in it.environ.items():
            monkeypatch.setenv(name, value)
        written_there(tmp_path, it.settings)
        assert submitted(target).code == 0
        yield it


def test_it_follows_what_the_engine_has_until_the_run_is_over(engine: Engine, tmp_path: Path) -> None:
    engine.lines = LINES
    told = pipeglot("logs", RUN, "tell", "--follow")
    assert told.said.decode() == "begun\ntoken is [redacted]\ndone\n", "no record, no value, nothing that steers"
    assert told.code == 0
    assert pipeglot("logs", RUN[:8], "tell").said == told.said
    assert not seen_in(told.said)
    assert not leaks(tmp_path, "given.json")


def test_it_prints_what_there_is_and_says_what_there_is_not(engine: Engine) -> None:
    engine.lines = LINES
    assert pipeglot("logs", RUN, "tell").said == b"begun\n"
    for words, code in ((("argument",), "PG551"), (("tell", "--attempt", "2"), "PG551"), (("no-such",), "PG550")):
        refused = pipeglot("logs", RUN, *words)
        assert code.encode() in refused.said
        assert refused.code in (2, 4)
