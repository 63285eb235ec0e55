"""The record on its way to a server while the step goes on, by the sidecar as it is shipped."""

from __future__ import annotations

import gzip
import json
import re
import signal
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeglot.driver.compiling import packed_sidecar
from pipeglot_records.server.limits import Limits
from pipeglot_sidecar.record.exchange import Exchange
from pipeglot_sidecar.record.posting import Undelivered
from tests.engines.bad_ways import Answer, certificate, listening, served, trusted
from tests.records.server.conftest import Running, running
from tests.sidecar import executor_stage
from tests.sidecar.stage import Outcome, Stage, sh, wait_for

SMALL = 96 * 1024
WAITING = (
    'echo "loss=1" >> "$PIPEGLOT_METRICS"; until [ -e go ]; do sleep 0.05; done; echo "loss=2" >> "$PIPEGLOT_METRICS"'
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(str(tmp_path_factory.mktemp("sink") / "records.db"), limits=Limits(body=SMALL)) as found:
        yield found


def sent(server: Running) -> dict[str, str]:
    return {"PIPEGLOT_SINK": f"http://127.0.0.1:{server.port}", "PIPEGLOT_SINK_TOKEN": server.secrets["write"]}


def lines(stage: Stage) -> list[str]:
    return [
        line for path in (stage.folder / "record").rglob("*.jsonl") for line in path.read_text("ascii").splitlines()
    ]


Event = tuple[str, int, str]


def kept(server: Running, run: str) -> list[Event]:
    """What the server has of a run, by writer, number and kind."""
    asked = "SELECT writer, seq, kind FROM events WHERE run = ? ORDER BY writer, seq"
    with server.store.reading() as connection:
        return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(asked, (run,))]


def kinds(found: list[Event]) -> list[str]:
    return [kind for _, _, kind in found]


def in_order(found: list[str]) -> list[Event]:
    return sorted((event["writer"], event["seq"], event["event"]) for event in map(json.loads, found))


def test_a_step_is_seen_while_it_goes_on_and_arrives_whole(any_stage: Stage, server: Running) -> None:
    run = str(uuid.uuid4())
    any_stage.step(sh(WAITING))
    process = any_stage.start("run", None, None, PIPEGLOT_RUN_ID=run, **sent(server))
    wait_for(lambda: "start" in kinds(kept(server, run)))
    assert "end" not in kinds(kept(server, run))
    (any_stage.folder / "code" / "go").touch()
    left = any_stage.finished(process)
    assert (left.code, left.err) == (0, "")
    assert kept(server, run) == in_order(lines(any_stage))
    assert [event["value"] for event in left.of("metric")] == [1.0, 2.0]


def test_no_step_knows_where_it_goes_and_nothing_tells_the_token(stage: Stage, server: Running) -> None:
    left = stage.step(sh("env")).run("run", None, None, **sent(server))
    assert "PIPEGLOT_SINK" not in left.out
    assert server.secrets["write"] not in left.out + left.err + "".join(lines(stage))


def test_what_is_too_large_for_the_server_goes_in_parts(stage: Stage, server: Running) -> None:
    run = str(uuid.uuid4())
    script = 'i=0; while [ $i -lt 2500 ]; do echo "m=$i step=$i" >> "$PIPEGLOT_METRICS"; i=$((i+1)); done'
    left = stage.step(sh(script)).run("run", None, None, PIPEGLOT_RUN_ID=run, **sent(server))
    assert (left.code, left.err) == (0, "")
    assert len("".join(lines(stage))) > 3 * SMALL
    assert kept(server, run) == in_order(lines(stage))


def whole(left: Outcome, why: str) -> None:
    """The step is as without a sink, and one line says what was in the way."""
    assert (left.code, left.end, left.out) == (0, ("succeeded", None), "said\n")
    (told,) = left.err.splitlines()
    assert re.fullmatch(f"pipeglot: not all of the record is at the sink: {why}; the engine has it", told)


FAULTS = {
    "no token": (Answer(401), "the server answered 401"),
    "another role": (Answer(403), "the server answered 403"),
    "another path": (Answer(404), "the server answered 404"),
    "nothing is small enough": (Answer(413), "the server answered 413"),
    "too often": (Answer(429), "the server answered 429"),
    "broken": (Answer(500), "the server answered 500"),
    "away": (Answer(503), "the server answered 503"),
    "somewhere else": (Answer(302, b"", {"Location": "http://127.0.0.1:1/"}), "the server answered 302"),
    "a page": (Answer(200, b"<html>sign in</html>"), "what answers there is no server of pipeglot"),
    "cut off": (Answer(200, b'{"new": 1, "known": 0}', whole=False), "the answer was cut off"),
    "silent": (Answer(200, after=9), "(the receiver was silent for .* seconds|there was no answer in time)"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_server_that_takes_nothing_changes_nothing_of_the_step(stage: Stage, fault: tuple[Answer, str]) -> None:
    answer, why = fault
    with served(answer) as port:
        whole(stage.step(sh("echo said")).run(PIPEGLOT_SINK=f"http://127.0.0.1:{port}"), why)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1:9", "Connection refused"),
        ("http://nobody.invalid", "nobody knows the name of the receiver"),
        ("https://", ".*"),
        ("http://127.0.0.1:port", "the sink is no address, or its token no word"),
    ],
)
def test_where_nobody_is_nothing_changes_either(stage: Stage, address: str, why: str) -> None:
    whole(stage.step(sh("echo said")).run(PIPEGLOT_SINK=address), why)


def test_of_a_silent_server_the_next_steps_of_a_run_know(stage: Stage) -> None:
    with served(Answer(200, after=9)) as port:
        whole(stage.step(sh("echo said")).run(PIPEGLOT_SINK=f"http://127.0.0.1:{port}"), ".*")
    (told,) = (stage.folder / "record").rglob(".sink-is-silent")
    with served(Answer(200, b'{"new": 1, "known": 0}')) as port:
        assert stage.run(PIPEGLOT_SINK=f"http://127.0.0.1:{port}", PIPEGLOT_ATTEMPT="2").code == 0
    with served(Answer(200, b'{"new": 1, "known": 0}')) as port:
        told.unlink(missing_ok=True)
        assert stage.run(PIPEGLOT_SINK=f"http://127.0.0.1:{port}", PIPEGLOT_ATTEMPT="3").err == ""
    assert not told.exists()


PARTS = {
    "of a length": b"HTTP/1.1 200 OK\r\ncontent-LENGTH:22\r\n\r\n" + b'{"new": 1, "known": 0}' + b"more",
    "in chunks": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n16\r\n{"new": 1, "known": 0}\r\n0\r\n\r\n',
    "until it ends": b'HTTP/1.0 200 OK\r\n\r\n{"new": 1, "known": 0}',
}
WRONG = {
    b"": "there was no answer",
    b"SSH-2.0-x\r\n": "what answers there is no server of pipeglot",
    b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"new": 1': "the answer was cut off",
}


@contextmanager
def answering(said: bytes) -> Generator[int]:
    """Whatever is asked, and letter by letter."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65536)
                        for number in range(len(said)):
                            connection.sendall(said[number : number + 1])

        threading.Thread(target=answer, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("said", PARTS.values(), ids=PARTS)
def test_an_answer_is_read_however_its_length_is_told(said: bytes) -> None:
    with answering(said) as port:
        status, body = Exchange(f"http://127.0.0.1:{port}/api", {}).post(b"{}", 5)
    assert (status, b'"known": 0}' in body) == (200, True)


@pytest.mark.parametrize(("said", "why"), WRONG.items(), ids=WRONG.values())
def test_what_is_no_answer_is_told_in_words(said: bytes, why: str) -> None:
    with answering(said) as port, pytest.raises(Undelivered, match=why):
        Exchange(f"http://127.0.0.1:{port}/api", {}).post(b"{}", 5)


def test_a_line_more_in_the_token_is_no_header() -> None:
    with pytest.raises(Undelivered, match="its token no word"):
        Exchange("http://127.0.0.1:9/api", {"Authorization": "Bearer a\r\nX: y"}).post(b"{}", 1)


def test_it_trusts_whom_the_environment_names(stage: Stage) -> None:
    answer = Answer(200, b'{"new": 1, "known": 0, "refused": []}')
    with served(answer, context=certificate("localhost")) as port:
        address = f"https://localhost:{port}"
        whole(stage.step(sh("echo said")).run(PIPEGLOT_SINK=address), "the receiver's certificate is not trusted: .*")
        left = stage.run(PIPEGLOT_SINK=address, SSL_CERT_FILE=trusted(stage.folder))
    assert (left.code, left.err) == (0, "")


class Taker:
    """A server that takes what comes, once it was away in its own way for some requests; `taken` is what it has."""

    def __init__(self, away: Callable[[BaseHTTPRequestHandler], bytes | None], times: int = 2) -> None:
        self.taken: list[bytes] = []
        self.asked = 0
        taker = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taker.asked += 1
                found = away(self) if taker.asked <= times else taker.take(self)
                if found is not None:
                    self.send_response(200 if taker.asked > times else 503)
                    self.send_header("Content-Length", str(len(found)))
                    self.end_headers()
                    self.wfile.write(found)

            def log_message(self, format: str, *_: object) -> None:
                """Says nothing."""

        self.handler = Handler

    def take(self, request: BaseHTTPRequestHandler) -> bytes:
        self.taken.append(gzip.decompress(request.rfile.read(int(request.headers["Content-Length"]))))
        return b'{"new": 1, "known": 0}'


def busy(request: BaseHTTPRequestHandler) -> bytes:
    request.rfile.read(int(request.headers["Content-Length"]))
    return b"{}"


def cutting(request: BaseHTTPRequestHandler) -> None:
    """In the middle of the body, and so that whoever sends it hears of it."""
    request.rfile.read(9)
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


@pytest.mark.parametrize("away", [busy, cutting])
def test_what_a_server_could_not_take_is_sent_once_it_can(
    stage: Stage, away: Callable[[BaseHTTPRequestHandler], bytes | None]
) -> None:
    taker = Taker(away)
    with listening(taker.handler) as port:
        process = stage.step(sh(WAITING)).start(PIPEGLOT_SINK=f"http://127.0.0.1:{port}")
        wait_for(lambda: bool(taker.taken))
        (stage.folder / "code" / "go").touch()
        left = stage.finished(process)
    assert (left.code, left.err) == (0, "")
    assert b"".join(taker.taken).decode("ascii").splitlines() == lines(stage), "each line once, and in its order"


def test_a_server_that_comes_while_the_step_goes_on_has_all_of_it(stage: Stage) -> None:
    taker = Taker(busy, 0)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        process = stage.step(sh("touch begun; " + WAITING)).start(PIPEGLOT_SINK=address)
        wait_for((stage.folder / "code" / "begun").exists)
        reserved.listen()
        with reserved.accept()[0]:
            pass
        server = HTTPServer(("127.0.0.1", 0), taker.handler, bind_and_activate=False)
        server.socket.close()
        server.socket = reserved
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        wait_for(lambda: bool(taker.taken))
        (stage.folder / "code" / "go").touch()
        left = stage.finished(process)
        server.shutdown()
    assert (left.code, left.err) == (0, "")
    assert b"".join(taker.taken).decode("ascii").splitlines() == lines(stage), "each line once, and in its order"


def test_where_nothing_is_encrypted_nothing_is_sent(stage: Stage) -> None:
    asked: list[str] = []
    with served(Answer(200, b'{"new": 1, "known": 0}'), asked) as port:
        whole(
            stage.step(sh("echo said")).run(PIPEGLOT_SINK=f"https://127.0.0.1:{port}"),
            "(no safe connection is made: [a-z0-9 ]+|there was no answer.*)",
        )
    assert not asked


def test_a_step_that_is_stopped_tells_its_end(stage: Stage, server: Running) -> None:
    run = str(uuid.uuid4())
    stage.step(sh("touch started; sleep 60"))
    left = stage.signalled(signal.SIGTERM, PIPEGLOT_RUN_ID=run, **sent(server))
    assert left.end == ("failed", "lost")
    assert kept(server, run) == in_order(lines(stage))


def test_in_a_definition_it_stands_where_it_is_asked_for(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "/api/v1/events" not in executor_stage.PROGRAM
    monkeypatch.setattr(executor_stage, "PROGRAM", packed_sidecar("sidecar-whole"))
    step = {"body": {"argv": [["text", "true"]]}, "outputs": {}}
    stage = executor_stage.Stage(tmp_path, step=step)
    left = stage.run(None, None, **sent(server))
    assert (left.code, left.err) == (0, ""), left.err
    assert kinds(kept(server, left.events[0]["run"])) == ["start", "end"]
