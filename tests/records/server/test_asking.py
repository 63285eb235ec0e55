"""Who may ask what, the answers, and what the server says of itself."""

from __future__ import annotations

import asyncio
import re
import socket
import time
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sql
from starlette.routing import Route

from pipeglot_records.server import serving, tokens
from pipeglot_records.server.app import application
from pipeglot_records.server.headers import is_of_loopback
from pipeglot_records.server.keeper import Keeper
from pipeglot_records.server.limits import Limits
from pipeglot_records.store import tables
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.verification import rebuild_store
from tests.records.conftest import Log
from tests.records.server.conftest import Running, body_of, command, printed, running


@pytest.fixture(scope="module")
def two(server: Running, churned: str) -> tuple[Log, Log]:
    begun = int(time.time()) - 3600
    one = Log(churned, str(uuid.uuid4()), begun).run(threshold=0.8)
    one.start("extract").say("metric", "extract", None, one.attempt("extract", None, 1), name="loss", value=0.5, at=1)
    one.file("extract", "raw", "aaaa").end("extract").over("failed")
    other = Log(churned, str(uuid.uuid4()), begun + 600).run(threshold=0.9).extract().over("failed")
    server.ask("POST", "/api/v1/definitions", churned, "write", Content_Type="application/json")
    server.send(body_of([*one.lines, *other.lines]))
    return one, other


def test_answers_are_those_of_the_command_line(
    server: Running, two: tuple[Log, Log], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = two
    place = Path(server.store.place)
    for path, asked in {
        "runs": ("runs",),
        "runs?where=params.threshold+%3C+0.85&sort=params.threshold&desc&columns=run,params.threshold&limit=5": (
            *("runs", "--where", "params.threshold < 0.85", "--sort", "params.threshold", "--desc"),
            *("--columns", "run,params.threshold", "--limit", "5"),
        ),
        "runs?sort=params.threshold": ("runs", "--sort", "params.threshold"),
        f"runs/{one.run_id}": ("show", one.run_id),
        f"runs/{one.run_id[:13]}/metrics?step=extract": ("metrics", one.run_id, "--step", "extract"),
        f"runs/{one.run_id}/lineage?artifact=extract.raw&up=true": ("lineage", one.run_id, "extract.raw", "--up"),
        f"diff?before={one.run_id}&after={other.run_id}": ("diff", one.run_id, other.run_id),
    }.items():
        found = server.get(f"/api/v1/{path}")
        assert (found.status, found.headers["content-type"]) == (200, "application/json")
        assert found.json == printed(capsys, place, *asked)


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [
        ("runs?where=sate+==+failed", 400, "a run has no `sate`"),
        ("runs?where=started+%3E+soon", 400, "soon"),
        ("runs?limit=0", 400, "whole number from 1 to 10,000"),
        ("runs?limit=1&limit=2", 400, "`limit` is given twice"),
        ("runs?order=run", 400, "`order` is no param of `/api/v1/runs`"),
        ("runs?desc=yes", 400, "there are `true` and `false`"),
        ("runs/nobody", 404, "there is no run `nobody`"),
        ("runs/nobody%00%F0/normal", 404, "there is no run"),
        ("diff?after=last", 400, "`before` is missing"),
        ("runs?columns=" + "run," * 100 + "run", 400, "more than 100 fields"),
        ("nothing", 404, "not found"),
        ("runs/", 404, "not found"),
    ],
)
def test_questions_that_have_no_answer(server: Running, two: tuple[Log, Log], path: str, status: int, why: str) -> None:
    found = server.get(f"/api/v1/{path}")
    assert (found.status, why in found.json["error"]) == (status, True)
    assert str(server.store.place) not in found.body.decode()


READS, WRITES = "/api/v1/runs", "/api/v1/events"


@pytest.mark.parametrize(("role", "reads", "writes"), [("read", 200, 403), ("write", 403, 200), ("admin", 200, 200)])
def test_a_token_is_good_for_its_role(server: Running, role: str, reads: int, writes: int) -> None:
    assert server.get(READS, role).status == reads
    assert server.send(b"", role).status == writes


@pytest.mark.parametrize(
    "said", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer pipeglot_x", "Bearer é", "x" * 999]
)
def test_nobody_else_gets_in(server: Running, said: str | None) -> None:
    headers = {} if said is None else {"Authorization": said}
    for method, path in (("GET", READS), ("POST", WRITES), ("POST", "/api/v1/definitions")):
        found = server.ask(method, path, b"{}" if method == "POST" else None, "nobody", **headers)
        assert (found.status, found.headers["www-authenticate"]) == (401, "Bearer")
        assert found.json["error"] in ("there is no token", "the token is not known")


def test_a_token_ends_at_once(server: Running) -> None:
    secret = tokens.add(server.store, "brief", "read")
    assert server.ask("GET", READS, role="", Authorization=f"bearer {secret}").status == 200
    tokens.remove(server.store, "brief")
    assert server.ask("GET", READS, role="", Authorization=f"bearer {secret}").status == 401


def test_every_answer_is_kept_from_pages_of_others(server: Running) -> None:
    for found in (server.get("/healthz"), server.get(READS, "nobody"), server.get("/nowhere")):
        assert found.headers["x-content-type-options"] == "nosniff"
        assert found.headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in found.headers
        assert "access-control-allow-origin" not in found.headers


def test_each_route_is_described(server: Running) -> None:
    described = server.get("/api", "nobody").json["paths"]
    with open_store(":memory:", {}) as store:
        app = application(Keeper(store, Limits()))
    routes = {
        (route.path, method)
        for route in app.routes
        if isinstance(route, Route) and route.path.startswith(("/api", "/healthz"))
        for method in route.methods or ()
    }
    told = {(path, method.upper()) for path, methods in described.items() for method in methods}
    assert {(path, method) for path, method in routes if method != "HEAD"} == told
    for path, methods in described.items():
        for each in methods.values():
            inside = {param["name"] for param in each.get("parameters", ()) if param["in"] == "path"}
            assert inside == set(re.findall(r"{(\w+)}", path))


def test_without_tokens_this_machine_alone_is_answered(tmp_path: Path) -> None:
    with running(str(tmp_path / "records.db"), is_open=True) as server:
        assert server.get(READS).json == []
        assert server.send(b"").status == 200
        assert server.ask("GET", READS, Host="evil.example:80").status == 403
        assert server.ask("POST", WRITES, b"{}", Content_Type="text/plain").status == 415
    for host, is_here in {"localhost:1": True, "127.0.0.9": True, "[::1]:80": True, "::1": True}.items():
        assert is_of_loopback(host) is is_here
    for host in ("0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", "", "127.0.0.1.evil.example"):
        assert not is_of_loopback(host)


class TestTokens:
    def test_the_store_knows_hashes_alone_and_a_rebuild_leaves_them(self, store: Store) -> None:
        secret = tokens.add(store, "ci", "write")
        rebuild_store(store)
        with store.reading() as connection:
            assert secret not in repr(connection.execute(sql.select(tables.tokens)).all())
        found = tokens.holder(store, secret)
        assert found is not None
        assert (found.name, found.role) == ("ci", "write")
        assert tokens.holder(store, secret[:-1]) is None

    def test_a_store_of_before_gets_the_table_and_one_of_later_keeps_its_tokens(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = str(tmp_path / "records.db")
        with open_store(place, {}) as store, store.writing() as connection:
            tables.tokens.drop(connection)
            connection.execute(tables.store_meta.update().values(value=str(tables.SCHEMA - 1)))
        with open_store(place, {}) as store:
            secret = tokens.add(store, "ci", "read")
        monkeypatch.setattr(tables, "SCHEMA", tables.SCHEMA + 1)
        with open_store(place, {}) as store:
            assert tokens.holder(store, secret)

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (("token", "add", "fresh", "--role", "write"), 0, ""),
            (("token", "add", "ci", "--role", "read"), 2, "there is a token `ci` already"),
            (("token", "add", "no such name", "--role", "read"), 2, "is no name of a token"),
            (("token", "remove", "nobody"), 2, "there is no token `nobody`"),
            (("token", "add", "ci"), 2, "--role"),
            (("--no-auth", "--host", "0.0.0.0"), 2, "`--no-auth` lets everybody in"),
            (("--host", "192.0.2.1"), 4, "cannot listen on `192.0.2.1`"),
            (("--port", "65536"), 2, "is no port"),
        ],
    )
    def test_commands(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, said: str
    ) -> None:
        place = str(tmp_path / "records.db")
        with open_store(place, {}) as store:
            tokens.add(store, "ci", "write")
            found, shown, why = command(capsys, "serve", *arguments, "--records", place)
            assert (found, said in why) == (code, True)
            if not code:
                assert tokens.holder(store, shown.strip())

    def test_they_are_listed(self, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        tokens.add(store, "ci", "write")
        said = command(capsys, "serve", "--records", store.place, "token", "list", "--format", "json")[1]
        assert '"name": "ci"' in said
        assert '"role": "write"' in said
        assert "pipeglot_" not in command(capsys, "serve", "--records", store.place, "token", "list")[1]


def test_no_part_of_an_answer_waits_for_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []

    class Looked(serving.Bounded):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(transport)
            taken = transport.get_extra_info("socket")
            found.append(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(serving, "Bounded", Looked)
    with running(str(tmp_path / "records.db"), is_open=True) as server:
        server.get("/api/v1/runs")
    assert found == [1]
