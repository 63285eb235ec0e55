"""What a server's answers come to: asked again while it is busy, and told to the user in one line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.airflow.remote.connection import connect
from pipeglot_backends.remote import responses as shared
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import NotFound

ENVIRON = {"AIRFLOW_USERNAME": "me", "AIRFLOW_PASSWORD": "secret"}


class Server(ThreadingHTTPServer):
    """Answers with what is next in `answers`, then with the last one for ever; remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers: list[tuple[int, str]] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def next(self) -> tuple[int, str]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Answering(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = (201, '{"access_token": "t"}') if self.path == "/auth/token" else self.server.next()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(shared, "PAUSE", 0.0)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server: Server, *answers: tuple[int, str]) -> object:
    from airflow_client.client import MonitorApi

    server.answers = list(answers)
    there = connect(Access({"url": server.url}, ENVIRON))
    with there.asking("look"):
        return MonitorApi(there.client).get_health()


HEALTHY = json.dumps({"dag_processor": {}, "metadatabase": {}, "scheduler": {}, "triggerer": {}})


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_it_asks_a_busy_server_again(status: int, server: Server) -> None:
    assert ask(server, (status, "{}"), (status, "{}"), (200, HEALTHY)) is not None
    assert len(server.asked) == 1 + 3


def test_it_gives_up_after_a_few_times(server: Server) -> None:
    with pytest.raises(SpecRejected, match=r"PG524: .* cannot look now \(503\): try later"):
        ask(server, (503, '{"detail": "try later"}'))
    assert len(server.asked) == 1 + shared.TRIES


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (401, '{"detail": "expired"}', r"PG521: .* does not accept who you are \(401\): expired"),
        (403, '{"detail": {"reason": "no"}}', r"PG521: .* does not let you look \(403\): no"),
        (400, '{"detail": "a\\n  b"}', r"PG523: .* refuses to look \(400\): a b"),
        (422, "not JSON", r"PG523: .* refuses to look \(422\): not JSON"),
        (418, "", r"PG523: .* refuses to look \(418\): no reason is told"),
    ],
)
def test_it_tells_in_one_line_why_not(status: int, body: str, message: str, server: Server) -> None:
    with pytest.raises(SpecRejected, match=message) as rejected:
        ask(server, (status, body))
    assert "\n" not in str(rejected.value)


def test_it_leaves_to_its_caller_what_is_missing(server: Server) -> None:
    with pytest.raises(NotFound):
        ask(server, (404, '{"detail": "the run was not found"}'))


def test_it_takes_a_token_as_it_is(server: Server) -> None:
    there = connect(Access({}, {"AIRFLOW_API_URL": f"{server.url}/api/v2/", "AIRFLOW_API_TOKEN": "t"}))
    assert there.url == server.url
    assert server.asked == []


def test_it_wants_to_know_where_airflow_is() -> None:
    with pytest.raises(SpecRejected, match="PG520: where Airflow is, nobody says"):
        connect(Access({}, ENVIRON))
