"""What is sent to an engine holds a sensitive value in the field that brings it there, and nothing else has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engines import recording
from tests.engines.recording import Engine
from tests.secrecy.canary import PARAMS, QUOTING, leaks, seen_in, sent, submitted, written_there
from tests.secrecy.requests import carried

from pipeglot_backends.remote import responses


@dataclass(frozen=True)
class Way:
    target: str
    server: Callable[[Path], AbstractContextManager[Engine]]
    fields: str


WAYS = {
    "argo": Way("argo", recording.kubernetes, "POST spec.arguments.parameters.value"),
    "argo server": Way("argo", recording.argo_server, "POST workflow.spec.arguments.parameters.value"),
    "airflow": Way("airflow", recording.airflow, "POST conf"),
}


@dataclass(frozen=True)
class Session:
    way: Way
    engine: Engine
    folder: Path


@pytest.fixture(params=WAYS)
def session(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(responses, "PAUSE", 0.01)
    way = WAYS[request.param]
    with way.server(tmp_path) as engine:
        for name, value in engine.environ.items():
            monkeypatch.setenv(name, value)
        written_there(tmp_path, engine.settings)
        yield Session(way, engine, tmp_path)


def test_one_field_carries_it_and_nothing_keeps_it(session: Session) -> None:
    told = sent(session.way.target, lambda: None)
    assert carried(session.engine.requests) == {f"{session.way.fields}.{name}" for name in PARAMS}
    assert not [found for done in told if (found := seen_in(done.said))]
    assert not leaks(session.folder, "given.json")


def test_an_engine_that_quotes_it_is_not_repeated(session: Session) -> None:
    """What it says of the run and of its tasks is shown and kept: by commands that were never told the value."""
    session.engine.message = QUOTING
    told = sent(session.way.target, lambda: None)
    spoken = [done for done in told if b"cannot start: env TOKEN=" in b" ".join(done.said.split())]
    assert len(spoken) == 5, "status and show, in both forms, and collect"
    assert not [found for done in told if (found := seen_in(done.said))]
    assert not leaks(session.folder, "given.json")


def test_a_refusal_that_quotes_it_is_not_repeated(session: Session) -> None:
    session.engine.refuses = QUOTING
    refused = submitted(session.way.target)
    assert (refused.code, b"PG523" in refused.said) == (4, True), refused.said
    assert not seen_in(refused.said)
    assert not leaks(session.folder, "given.json")
