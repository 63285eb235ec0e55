"""The same store on a real PostgreSQL, started here when there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from pwd import getpwnam

import pytest
import sqlalchemy as sql

from pipeglot_records.queries.filter import field
from pipeglot_records.show import normal, run, run_list
from pipeglot_records.store import tables
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.verification import rebuild_store, verify
from tests.records import test_filter, test_views
from tests.records.conftest import RUN, Log, contents, eventful, take
from tests.records.server.conftest import LIMITS, body_of, packed, running

pytest.importorskip("psycopg", reason="PostgreSQL: the package `psycopg` is not installed")

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    initdb, postgres = (_program(name) for name in ("initdb", "postgres"))
    folder = Path(tempfile.mkdtemp(prefix="pipeglot-pg-"))
    # PostgreSQL refuses to run as root, and who it runs as must own its folder.
    user = "postgres" if os.getuid() == 0 else None
    if user:
        os.chown(folder, getpwnam(user).pw_uid, -1)
    data = folder / "data"
    subprocess.run(
        [initdb, "--auth=trust", "--no-sync", "--username=pipeglot", f"--pgdata={data}"],
        check=True,
        capture_output=True,
        user=user,
        cwd=folder,
    )
    options = ["-D", str(data), "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
    running = subprocess.Popen([postgres, *options], stderr=subprocess.PIPE, text=True, user=user, cwd=folder)
    assert running.stderr is not None
    said = ""
    for line in running.stderr:
        said += line
        if "ready to accept connections" in line:
            break
    else:
        pytest.fail(f"PostgreSQL did not start: {said}")
    yield f"postgresql://pipeglot@/postgres?host={folder}"
    running.terminate()
    running.communicate(timeout=30)
    shutil.rmtree(folder)


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([*map(str, PROGRAMS), os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip(f"PostgreSQL: there is no `{name}`")
    return found


@pytest.fixture
def place(server: str) -> str:
    """An empty database."""
    engine = sql.create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS records")
        connection.exec_driver_sql("CREATE DATABASE records")
    engine.dispose()
    return server.replace("/postgres?", "/records?")


@pytest.fixture
def shared(place: str) -> Iterator[Store]:
    with open_store(place, {}) as store:
        yield store


def test_it_holds_the_same_rows_as_sqlite(shared: Store, store: Store, definition: str) -> None:
    for one in (shared, store):
        one.register(definition)
        take(one, eventful(definition), eventful(definition))
    assert contents(shared) == contents(store)
    assert verify(shared) == ()


def test_it_makes_everything_anew(shared: Store, definition: str) -> None:
    shared.register(definition)
    take(shared, eventful(definition))
    before = contents(shared)
    assert rebuild_store(shared) == len(eventful(definition))
    assert contents(shared) == before


def test_it_shows_the_same(shared: Store, store: Store, definition: str) -> None:
    for one in (shared, store):
        one.register(definition)
        take(one, eventful(definition))
    assert normal.text(shared, RUN) == normal.text(store, RUN)
    assert run.text(shared, RUN) == run.text(store, RUN)
    assert run.as_json(shared, RUN) == run.as_json(store, RUN)
    assert run_list.list_runs(shared) == run_list.list_runs(store)
    assert shared.find_run("0190c3f2-7") == RUN


def test_it_is_made_once_by_eight_at_once(place: str) -> None:
    def begin(_: int) -> None:
        with open_store(place, {}) as store:
            store.register('{"pipeline":"p"}')

    with ThreadPoolExecutor(8) as racers:
        list(racers.map(begin, range(8)))
    with open_store(place, {}) as store, store.reading() as connection:
        assert connection.scalar(sql.select(sql.func.count()).select_from(tables.definitions)) == 1


def test_it_writes_one_after_another(place: str, definition: str) -> None:
    events = eventful(definition)

    def write(_: int) -> None:
        with open_store(place, {}) as store:
            take(store, *([event] for event in events[:10]))

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(4)))
    with open_store(place, {}) as store, store.reading() as connection:
        assert connection.scalar(sql.select(sql.func.count()).select_from(tables.events)) == 10


def test_it_finds_and_sorts_the_same_runs(shared: Store) -> None:
    test_filter.fill(shared)
    assert [(text, test_filter.found(shared, text)) for text, _ in test_filter.HOLDS] == list(test_filter.HOLDS)
    sorts = [
        (by, down, test_filter.found(shared, "pipeline == churn", sort=(field(by), down)))
        for by, down, _ in test_filter.SORTED
    ]
    assert sorts == list(test_filter.SORTED)


def test_its_views_say_what_those_of_sqlite_say(shared: Store, store: Store, definition: str) -> None:
    for one in (shared, store):
        test_views.fill(one, definition)
    assert {text: test_views.asked(shared, text) for text in test_views.ANSWERS} == test_views.ANSWERS
    assert test_views.everything(shared) == test_views.everything(store)
    for text in test_views.questions():
        assert len(test_views.asked(shared, text)) == len(test_views.asked(store, text))


def test_eight_at_once_make_an_older_store_anew(place: str, store: Store, definition: str) -> None:
    with open_store(place, {}) as older:
        take(older, eventful(definition))
        older.register(definition)
        with older.writing() as connection:
            connection.execute(tables.steps.update().values(state="wrong"))
            connection.execute(tables.store_meta.update().values(value=str(tables.SCHEMA - 1)))

    def begin(_: int) -> object:
        with open_store(place, {}) as opened:
            return contents(opened)

    take(store, eventful(definition))
    store.register(definition)
    with ThreadPoolExecutor(8) as racers:
        assert list(racers.map(begin, range(8))) == [contents(store)] * 8


def test_a_server_takes_events_in_and_says_when_it_cannot(shared: Store, definition: str, place: str) -> None:
    log = Log(definition).whole()
    with running(place) as server:
        with shared.writing():
            assert server.send(body_of(log.lines)).status == 503
        assert server.send(body_of(log.lines)).json == {"new": len(log.lines), "known": 0, "refused": []}
        assert server.send(packed(log), Content_Encoding="gzip").json["known"] == len(log.lines)
        assert server.get(f"/api/v1/runs/{RUN[:9]}").json["state"] == "succeeded"
        assert server.get("/api/v1/runs", "nobody").status == 401


CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = 'records' AND wait_event_type = 'Lock'"""


def test_a_server_whose_connections_are_cut_keeps_nothing_of_a_request_and_takes_the_next(
    shared: Store, definition: str, place: str
) -> None:
    log = Log(definition).whole()
    with running(place, limits=replace(LIMITS, patience=20)) as server, ThreadPoolExecutor(1) as pool:
        with shared.writing():
            sent = pool.submit(server.send, body_of(log.lines))
            while not sent.done():
                with shared.reading() as other:
                    other.exec_driver_sql(CUT)
                time.sleep(0.01)
            assert sent.result().status == 503
        assert server.send(body_of(log.lines)).json == {"new": len(log.lines), "known": 0, "refused": []}
        assert server.get(f"/api/v1/runs/{RUN}").json["state"] == "succeeded"
