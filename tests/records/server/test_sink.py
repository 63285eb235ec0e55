"""Events over HTTP: what is kept, what is refused, and that nothing of it is lost or there twice."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from sqlalchemy import event

from pipeglot_records.faults import RecordsFault
from pipeglot_records.model.events import Event
from pipeglot_records.server import bodies, sink
from pipeglot_records.server.limits import Limits
from pipeglot_records.server.refusal import Refused
from pipeglot_records.show import normal
from pipeglot_records.store.database import open_store
from pipeglot_records.store.intake.refusals import record_all
from pipeglot_records.store.tables import events
from pipeglot_records.store.verification import differences
from tests.records.conftest import Log
from tests.records.server.conftest import LIMITS, NDJSON, Running, body_of, packed, printed, running

LATE = str(uuid.UUID(int=99))


def fresh(definition: str) -> Log:
    return Log(definition, str(uuid.uuid4()))


def kept(server: Running, run: str) -> int:
    with server.store.reading() as connection:
        return connection.scalar(sql.select(sql.func.count()).select_from(events).where(events.c.run == run)) or 0


def raw(server: Running, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(text)
        found = b""
        while piece := connection.recv(65536):
            found += piece
    return found


def head(server: Running, *more: str) -> bytes:
    lines = ["POST /api/v1/events HTTP/1.1", "Host: localhost", f"Authorization: Bearer {server.secrets['write']}"]
    return "\r\n".join([*lines, "Content-Type: application/x-ndjson", *more, "", ""]).encode()


def test_what_comes_twice_folds_and_is_told_apart(server: Running, churned: str) -> None:
    log = fresh(churned).whole()
    half = len(log.lines) // 2
    assert server.send(body_of(log.lines[:half])).json == {"new": half, "known": 0, "refused": []}
    again = server.send(packed(log), Content_Encoding="gzip")
    assert (again.status, again.json) == (200, {"new": len(log.lines) - half, "known": half, "refused": []})
    sent = server.ask("POST", "/api/v1/definitions", churned, "write", Content_Type="application/json")
    assert sent.json == {"definition": log.lines[0]["definition"]}
    there = server.get(f"/api/v1/runs/{log.run_id}/normal")
    assert there.body.decode() == normal.text(server.store, log.run_id)
    assert '"run": "succeeded"' in there.body.decode()


def test_requests_that_came_meanwhile_are_one_transaction_and_each_is_answered_for_itself(
    tmp_path: Path, churned: str
) -> None:
    log, limits = fresh(churned).whole(), Limits()
    first, whole = body_of(log.lines[:3]), body_of(log.lines)
    with open_store(str(tmp_path / "records.db"), {}) as store:
        commits: list[object] = []
        event.listen(store.engine, "commit", commits.append)
        queue = sink.Queue(store, limits)
        torn = gzip.compress(whole)[:-9]
        acts = [queue.add(act) for act in (lambda: first, lambda: bodies.unpacked(torn, limits), lambda: whole)]
        assert acts[0]() == {"new": 3, "known": 0, "refused": []}
        assert len(commits) == 1
        with pytest.raises(Refused, match="breaks off"):
            acts[1]()
        assert acts[2]() == {"new": len(log.lines) - 3, "known": 3, "refused": []}
        assert len(commits) == 1


def test_a_request_that_breaks_the_writer_costs_itself(
    tmp_path: Path, churned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, evil = fresh(churned).whole(), fresh(churned).run()

    def breaking(connection: sql.Connection, batch: list[Event]) -> list[Event]:
        assert all(each.run != evil.run_id for each in batch), "as nobody foresaw"
        return record_all(connection, batch)

    monkeypatch.setattr(sink, "record_all", breaking)
    with open_store(str(tmp_path / "records.db"), {}) as store:
        queue = sink.Queue(store, Limits())
        acts = [queue.add(partial(body_of, each.lines)) for each in (log, evil, log)]
        assert acts[0]() == {"new": len(log.lines), "known": 0, "refused": []}
        with pytest.raises(AssertionError, match="nobody foresaw"):
            acts[1]()
        assert acts[2]() == {"new": 0, "known": len(log.lines), "refused": []}


def test_lines_that_are_refused_cost_themselves(server: Running, churned: str) -> None:
    log = fresh(churned).run()
    good = json.dumps(log.lines[0]).encode()
    away = json.dumps({**log.lines[0], "run": "../../etc"}).encode()
    long = json.dumps({**log.lines[0], "seq": 9, "pad": "x" * LIMITS.line}).encode()
    lines = [b"{torn", b"", good, b"[1]", away, b"\xff\xfe", long, b"[" * 5000]
    found = server.send(b"\r\n".join(lines))
    assert (found.status, found.json["new"], found.json["known"]) == (200, 1, 0)
    assert [(each["line"], each["why"]) for each in found.json["refused"]] == [
        (1, sink.NO_EVENT), (4, sink.NO_EVENT), (5, sink.NO_RUN), (6, sink.NO_EVENT),
        (7, "it is longer than 65,536 bytes"), (8, sink.NO_EVENT),
    ]  # fmt: skip


def test_a_folder_of_another_machine_leads_nobody_on_this_one(server: Running, churned: str) -> None:
    log = fresh(churned).run()
    log.lines[0]["native"] = {"folder": "/etc", "host": os.uname().nodename, "pid": 7}
    assert server.send(body_of(log.lines)).json["new"] == 1
    found = server.get(f"/api/v1/runs/{log.run_id}").json
    assert found["native"] == {"host": os.uname().nodename, "pid": 7}


def test_a_run_is_seen_while_it_goes_on(server: Running, churned: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = Log(churned, str(uuid.uuid4()), int(time.time())).run().start("extract")
    server.send(body_of(log.lines))
    place = Path(server.store.place)
    (mine,) = (each for each in printed(capsys, place, "runs", "--limit", "100") if each["run"] == log.run_id)
    assert (mine["state"], mine["pipeline"]) == ("running", "churn")
    assert server.get(f"/api/v1/runs?where=run=={log.run_id}").json == [mine]
    log.end("extract").over("failed")
    server.send(body_of(log.lines[2:]))
    assert server.get(f"/api/v1/runs/{log.run_id}").json["state"] == "failed"


@pytest.mark.parametrize(
    ("body", "headers", "status", "why"),
    [
        (b"{}\n" * 349_526, {}, 413, "the body is larger than 1,048,576 bytes"),
        (b"\n" * Limits().lines, {}, 413, "the body has more than 100,000 lines"),
        (
            body_of(
                {"v": 1, "event": "heartbeat", "run": f"r{n}", "writer": "w", "seq": 0, "time": 1} for n in range(1001)
            ),
            {},
            413,
            "of more than 1,000 runs",
        ),
        (gzip.compress(bytes(200 * 1024 * 1024), 9), {"Content_Encoding": "gzip"}, 413, "the body is larger than"),
        (gzip.compress(b"{}")[:-9], {"Content_Encoding": "gzip"}, 400, "breaks off in the middle"),
        (gzip.compress(b"{}") + b"more", {"Content_Encoding": "gzip"}, 400, "is not what `gzip` writes"),
        (b"no gzip", {"Content_Encoding": "gzip"}, 400, "is not what `gzip` writes"),
        (b"{}", {"Content_Encoding": "br"}, 415, "in an encoding other than `gzip`"),
        (b"{}", {"Content_Type": "text/plain"}, 415, "is not said to be `application/x-ndjson`"),
    ],
    ids=["large", "lines", "runs", "bomb", "torn", "trailing", "no gzip", "br", "text"],
)
def test_bodies_that_are_not_taken(
    server: Running, body: bytes, headers: dict[str, str], status: int, why: str
) -> None:
    given = {**NDJSON, "Authorization": f"Bearer {server.secrets['write']}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", "/api/v1/events")
    for name, value in {**given, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders(body if len(body) <= LIMITS.body else None)
    found = connection.getresponse()
    assert (found.status, why in json.loads(found.read())["error"]) == (status, True)
    connection.close()


def test_two_members_of_gzip_are_one_body(server: Running, churned: str) -> None:
    log = fresh(churned).run().start("extract")
    body = b"".join(gzip.compress(body_of([line])) for line in log.lines)
    assert server.send(body, Content_Encoding="gzip").json["new"] == 2


def test_a_body_without_a_length_ends_where_it_is_too_large(server: Running) -> None:
    piece = b"ffff\r\n" + b" " * 0xFFFF + b"\r\n"
    found = raw(server, head(server, "Transfer-Encoding: chunked") + piece * 16 + b"11\r\n" + b" " * 17)
    assert found.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in found.lower()


def test_who_sends_slowly_is_left(tmp_path: Path) -> None:
    with running(str(tmp_path / "records.db"), limits=replace(LIMITS, slowest=0.3, head=0.3)) as brief:
        assert raw(brief, head(brief, "Content-Length: 100") + b"{").startswith(b"HTTP/1.1 408 ")
        assert raw(brief, b"POST /api/v1/events HTT") == b""


def test_a_head_that_is_too_long_is_refused(server: Running) -> None:
    assert raw(server, b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 20_000).startswith(b"HTTP/1.1 400 ")
    assert server.get("/healthz").json == {"status": "ok"}


def test_a_store_that_is_locked_keeps_nothing_and_says_when_to_come_again(server: Running, churned: str) -> None:
    log = fresh(churned).whole()
    with server.store.writing():
        found = server.send(body_of(log.lines))
        assert (found.status, found.headers["retry-after"]) == (503, "2")
        assert server.get("/api/v1/runs").status == 200
    assert kept(server, log.run_id) == 0
    assert server.send(body_of(log.lines)).json["new"] == len(log.lines)


def test_a_full_disk_keeps_nothing_of_a_request(tmp_path: Path, churned: str) -> None:
    log = fresh(churned).run()
    for value in range(3000):
        log.say("metric", "train", 0, "a", name="loss", value=value, at=None)
    with open_store(str(tmp_path / "records.db"), {}) as store:
        with store.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        event.listen(store.engine, "connect", lambda one, _: one.execute(f"PRAGMA max_page_count = {pages + 20}"))
        store.engine.dispose()
        with pytest.raises(RecordsFault, match="full"):
            sink.take(store, body_of(log.lines), Limits())
        with store.reading() as connection:
            assert not connection.execute(sql.select(events)).all()


@pytest.mark.parametrize("body", [b"{}", b"[" * 100_000, b"\xff", b"7", b'"\\ud800"'])
def test_what_is_no_definition_is_refused(server: Running, body: bytes) -> None:
    found = server.ask("POST", "/api/v1/definitions", body, "write", Content_Type="application/json")
    assert (found.status, list(found.json)) == (400, ["error"])


def test_a_server_that_is_killed_has_what_it_said_it_had(tmp_path: Path, churned: str) -> None:
    place = tmp_path / "records.db"
    command = [sys.executable, "-m", "pipeglot", "serve", "--no-auth", "--port", "0", "--records", str(place)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    port = int(said.partition(",")[0].rpartition(":")[2])
    answered = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for number in range(8):
        log = Log(churned, str(uuid.UUID(int=number))).whole()
        connection.request("POST", "/api/v1/events", body_of(log.lines), NDJSON)
        found: Any = json.loads(connection.getresponse().read())
        answered += found["new"]
    connection.request("POST", "/api/v1/events", body_of(Log(churned, LATE).whole().lines), NDJSON)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    connection.close()
    with open_store(str(place), {}) as store, store.reading() as read:
        found_runs = read.scalars(sql.select(events.c.run)).all()
    late = found_runs.count(LATE)
    assert len(found_runs) - late == answered == 8 * len(log.lines)
    assert late in (0, len(log.lines)), "all of a request or nothing"


def test_an_attempt_of_another_run_stays_its_own(server: Running, churned: str) -> None:
    """Else whoever may write could have one run's artifacts stand in the place of another's."""
    mine, other = (Log(churned, str(uuid.uuid4())) for _ in range(2))
    assert server.send(body_of(mine.whole().lines)).json["refused"] == []
    before = server.get(f"/api/v1/runs/{mine.run_id}").json
    attempt = mine.attempt("extract", None, 1)
    other.run().say("output", "extract", None, attempt, name="raw", kind="dataset", digest={"sha256": "ff" * 32})
    other.say("metric", "extract", None, attempt, name="loss", value=9.0, at=1).extract()
    told = server.send(body_of(other.lines)).json
    why = "its attempt is one of another run"
    assert told == {"new": 5, "known": 0, "refused": [{"line": 2, "why": why}, {"line": 3, "why": why}]}
    assert server.get(f"/api/v1/runs/{mine.run_id}").json == before
    both = [other.lines[-1], {**other.lines[-1], "run": str(uuid.uuid4())}]
    assert [each["line"] for each in server.send(body_of(both)).json["refused"]] == [2]
    assert not differences(server.store)
