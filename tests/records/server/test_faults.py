"""What a server meets while steps send to it: it is killed, locked out and filled, and asked by those who mean ill."""

from __future__ import annotations

import gzip
import json
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeglot_records.server import tokens
from pipeglot_records.store.database import open_store
from pipeglot_records.store.intake.ingest import ingest_folder
from tests.records.conftest import Log
from tests.records.server.conftest import body_of
from tests.sidecar.stage import Stage, sh, wait_for

KEPT = "SELECT writer, seq, body FROM events WHERE run = ? ORDER BY writer, seq"
MEBIBYTE = 1024 * 1024
LITTLE = 8 * 1024
"""Of a file: enough for what the server complains of, and not for what it keeps."""
GROWTH = 32 * MEBIBYTE
"""Of the server from one round to the next: less than four bodies of the sixteen that came."""
WAITS = "until [ -e FILE ]; do sleep 0.05; done; "
STEP = "".join(f'echo "m={n}" >> "$PIPEGLOT_METRICS"; ' + WAITS.replace("FILE", str(n)) for n in range(3))


@dataclass
class Served:
    """`pipeglot serve`, as it is run; `said` is what it complains of."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None
    secret: str = field(default="")

    @property
    def records(self) -> Path:
        return self.folder / "records.db"

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text("utf-8")

    def start(self) -> None:
        command = [sys.executable, "-m", "pipeglot", "serve", "--port", str(self.port), "--records", str(self.records)]
        with (self.folder / "said").open("a") as said:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline().partition(",")[0].rpartition(":")[2])

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=20)

    def room(self, size: int) -> None:
        """How large its files may grow from now on."""
        assert self.process is not None
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def resident(self) -> int:
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path)
    with open_store(str(found.records), {}) as store:
        found.secret = tokens.add(store, "steps", "write")
    found.start()
    yield found
    found.kill()


@contextmanager
def locked(place: Path) -> Iterator[None]:
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def kept(place: Path, run: str) -> list[tuple[str, int, str]]:
    with closing(sqlite3.connect(place)) as store:
        return store.execute(KEPT, (run,)).fetchall()


def written(record: Path) -> list[tuple[str, int, str]]:
    lines = [line for path in record.rglob("*.jsonl") for line in path.read_text("ascii").splitlines()]
    return sorted((found["writer"], found["seq"], line) for line in lines for found in [json.loads(line)])


def test_what_befalls_a_server_costs_no_event_and_makes_none_twice(served: Served, tmp_path: Path) -> None:
    run, stage = str(uuid.uuid4()), Stage(tmp_path / "stage", sys.executable)
    stage.folder.mkdir()
    stage.step(sh(STEP))

    def goes_on(number: int) -> None:
        (stage.folder / "code" / str(number)).touch()

    def arrived(number: int) -> None:
        wait_for(lambda: len(kept(served.records, run)) == number)

    process = stage.start(
        PIPEGLOT_RUN_ID=run, PIPEGLOT_SINK=f"http://127.0.0.1:{served.port}", PIPEGLOT_SINK_TOKEN=served.secret
    )
    arrived(2)
    with locked(served.records):
        goes_on(0)
        wait_for(lambda: "locked" in served.said)
    arrived(3)
    served.room(LITTLE)
    goes_on(1)
    wait_for(lambda: re.search("full|I/O", served.said) is not None)
    served.kill()
    served.start()
    goes_on(2)
    left = stage.finished(process)
    assert (left.code, left.end) == (0, ("succeeded", None))
    record = stage.folder / "record"
    # one that was away at last is waited for shortly: what it has not, `collect` brings
    assert set(kept(served.records, run)) <= set(written(record))
    with open_store(str(served.records), {}) as store:
        ingest_folder(store, record)
        assert kept(served.records, run) == written(record)
        assert ingest_folder(store, record).new == 0
    assert kept(served.records, run) == written(record)


def post(served: Served, body: bytes, *more: str, secret: str | None = None) -> bytes:
    """What is answered; nothing where the connection breaks before."""
    length = [] if any("chunked" in each for each in more) else [f"Content-Length: {len(body)}"]
    head = ["POST /api/v1/events HTTP/1.1", "Host: localhost", f"Authorization: Bearer {secret or served.secret}"]
    lines = [*head, "Content-Type: application/x-ndjson", "Connection: close", *length, *more, "", ""]
    found = b""
    with suppress(OSError), socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        with suppress(OSError):
            connection.sendall("\r\n".join(lines).encode() + body)
        while piece := connection.recv(65536):
            found += piece
    return found


LARGE = bytes(9 * MEBIBYTE)
BOMB = gzip.compress(bytes(64 * MEBIBYTE), 9)
MISTAKES = b'{"v":1,"event":"metric","run":"evil"}\n' * 20_000
ILL: Mapping[str, Callable[[Served], bytes]] = {
    "401": lambda served: post(served, LARGE, secret="pipeglot_guessed"),
    "413": lambda served: post(served, LARGE),
    "413 without a length": lambda served: post(served, b"900000\r\n" + LARGE, "Transfer-Encoding: chunked"),
    "413 once unpacked": lambda served: post(served, BOMB, "Content-Encoding: gzip"),
    "413 of lines": lambda served: post(served, b"\n" * 200_000),
    "200 and nothing kept": lambda served: post(served, MISTAKES),
    "400": lambda served: post(served, gzip.compress(b"{}")[:-9], "Content-Encoding: gzip"),
    "400 of a head": lambda served: post(served, b"", "X: " + "x" * 600_000),
}


def test_those_who_mean_ill_keep_nobody_out_get_in_nowhere_and_cost_no_memory(served: Served, churned: str) -> None:
    logs: list[Log] = []

    def all_at_once() -> int:
        log = Log(churned, str(uuid.uuid4())).whole()
        logs.append(log)
        with ExitStack() as slow, ThreadPoolExecutor(2 * len(ILL)) as pool:
            for _ in range(50):
                # who says half of a head, and stays
                each = slow.enter_context(socket.create_connection(("127.0.0.1", served.port)))
                each.sendall(b"POST /api/v1/events HTTP/1.1\r\n")
            told = {name: [pool.submit(act, served) for _ in range(2)] for name, act in ILL.items()}
            wait_for(lambda: b" 200 OK" in post(served, body_of(log.lines)))
            for name, some in told.items():
                for answer in (each.result() for each in some):
                    # one that is refused while it still sends may see that the connection broke
                    assert answer[9:12] in (name[:3].encode(), b"503", b""), name
        return served.resident()

    all_at_once()
    before = all_at_once()
    assert (after := all_at_once()) - before < GROWTH, (before, after)
    with closing(sqlite3.connect(served.records)) as store:
        found = {run for (run,) in store.execute("SELECT DISTINCT run FROM events")}
    assert found == {log.run_id for log in logs}
    assert "Traceback" not in served.said


def test_more_connections_than_it_may_have_open_cost_it_nothing_for_good(served: Served) -> None:
    assert served.process is not None
    resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE, (60, 60))
    with ExitStack() as stack:
        for _ in range(900):
            held = stack.enter_context(closing(socket.socket()))
            held.setblocking(False)
            with suppress(BlockingIOError):
                held.connect(("127.0.0.1", served.port))
    wait_for(lambda: healthy(served))


def healthy(served: Served) -> bool:
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", served.port), timeout=1)) as asking:
        asking.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return asking.recv(12) == b"HTTP/1.1 200"
    return False
