"""The server as it is run: uvicorn on a loopback port over an SQLite store, and a client that says what it likes."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeglot.cli.main import main
from pipeglot.definition import definition_json
from pipeglot_records.server import serving, tokens
from pipeglot_records.server.limits import Limits
from pipeglot_records.store.database import Store, open_store
from tests.records.conftest import Log, churn

LIMITS = Limits(patience=0.2, body=1024 * 1024)
NDJSON = {"Content-Type": "application/x-ndjson"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Running:
    """`secrets` are tokens by their roles."""

    port: int
    store: Store
    secrets: Mapping[str, str]

    def ask(self, method: str, path: str, body: Any = None, role: str = "admin", **headers: str) -> Answer:
        given = {"Authorization": f"Bearer {self.secrets[role]}"} if role in self.secrets else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, body, given)
            found = connection.getresponse()
            return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())

    def get(self, path: str, role: str = "read") -> Answer:
        return self.ask("GET", path, role=role)

    def send(self, body: bytes, role: str = "write", **headers: str) -> Answer:
        return self.ask("POST", "/api/v1/events", body, role, **{**NDJSON, **headers})


@contextmanager
def running(
    place: str,
    *,
    is_open: bool = False,
    limits: Limits = LIMITS,
    host: str = "127.0.0.1",
    key: str | None = None,
) -> Iterator[Running]:
    with open_store(place, {}) as store, serving.listening(host, 0) as listener:
        secrets = {} if is_open else {role: tokens.add(store, f"a-{role}", role) for role in tokens.MAY}
        server = serving.server(store, limits, is_open=is_open, key=key)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        with open_store(place, {}) as other:
            yield Running(listener.getsockname()[1], other, secrets)
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(str(tmp_path_factory.mktemp("server") / "records.db")) as found:
        yield found


@pytest.fixture(scope="session")
def churned() -> str:
    return definition_json(churn())


def body_of(lines: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def packed(log: Log) -> bytes:
    return gzip.compress(body_of(log.lines))


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """What a command answers: its exit code, and what it says."""
    capsys.readouterr()
    try:
        code = main(arguments)
    except SystemExit as left:
        code = int(left.code or 0)
    return (code, *capsys.readouterr())


def printed(capsys: pytest.CaptureFixture[str], place: Path, *arguments: str) -> Any:
    """What a command says of the store, as JSON."""
    code, said, why = command(capsys, *arguments, "--records", str(place), "--format", "json")
    assert code == 0, why
    return json.loads(said)
