"""Opening the store: SQLite beside the project, or PostgreSQL by URL, through the same queries."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sql
from sqlalchemy import event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from pipeglot import keeping
from pipeglot.rendering.redaction import remember
from pipeglot_records.faults import RecordsFault, RunUnknown
from pipeglot_records.store import tables
from pipeglot_records.store.lookup import find_run, newest_from

__all__ = ["VARIABLE", "RecordsFault", "RunUnknown", "Store", "open_store"]

VARIABLE = "PIPEGLOT_RECORDS"
PATIENCE = 60.0
"""Seconds that a writer waits for the one before it."""

LIKE = "write a path, or `postgresql://USER:PASSWORD@HOST:PORT/DATABASE` with the password percent-encoded"
LAST_PORT = 65535
DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}

_NEARLY_A_URL = re.compile("(postgres|postgresql|sqlite)([+][a-z0-9]+)?:/?(?!/)")
_WRITING = "pipeglot_writing"
_LOCK = 0x70697065
"""The advisory lock that makes one writer of many on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Store:
    """`place` is where it is, without a password, for messages."""

    engine: sql.Engine
    place: str

    @property
    def is_kept(self) -> bool:
        """False for what stands in for a store that nobody made yet."""
        return self.engine.url.database not in (None, "", ":memory:")

    @property
    def name(self) -> str:
        """The same for the same store, from wherever it is named."""
        database = self.engine.url.database
        return str(Path(database).resolve()) if self.engine.dialect.name == "sqlite" and database else self.place

    @contextmanager
    def reading(self) -> Generator[sql.Connection, None, None]:
        with _told(self.place), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[sql.Connection, None, None]:
        """One writer at a time: everyone else waits until it is done."""
        with (
            _told(self.place),
            self.engine.connect().execution_options(**{_WRITING: True}) as connection,
            connection.begin(),
        ):
            yield connection

    def register(self, definition: str) -> str:
        """Keeps a definition, as `compile` wrote it, and returns its hash."""
        from pipeglot_records.store.registration import register  # whoever only asks needs none of it

        with self.writing() as connection:
            return register(connection, definition)

    def find_run(self, name: str | None = None) -> str:
        """The run of this id, or of the one id that begins so; without a name the newest. Raises `RunUnknown`."""
        with self.reading() as connection:
            return find_run(connection, name, self.place)

    def newest_from(self, run: str | None, count: int) -> Sequence[str]:
        """Runs, the newest first: the one of this id and those before it; without one the newest."""
        with self.reading() as connection:
            return newest_from(connection, run, count)

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(place: str | None, environ: Mapping[str, str], *, make: bool = True, kept: Path | None = None) -> Store:
    """The store named by `--records`, else by `PIPEGLOT_RECORDS`, else the one in the project's own folder, `kept`.

    Made when new; whoever only reads (`make` false) finds it empty instead, and leaves no file.
    """
    named = place or environ.get(VARIABLE) or _default(kept or keeping.kept_here(), make)
    url = _url(named)
    if not make and url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        url = url.set(database=":memory:")
    elif not make and url.get_backend_name() == "sqlite":
        url = _as_far_as_allowed(url)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    store = Store(engine, url.render_as_string(hide_password=True) if "://" in named else named)
    _prepare(store)
    return store


def _default(kept: Path, make: bool) -> str:
    try:
        if make:
            keeping.make(kept)
    except OSError as fault:
        why = (fault.strerror or str(fault)).lower()
        raise RecordsFault(f"cannot make the folder `{kept}` of the store: {why}") from None
    return str(kept / keeping.STORE)


def _url(named: str) -> sql.URL:
    if _NEARLY_A_URL.match(named):
        # what it is meant to be may hold a password, so that it is not shown
        raise RecordsFault("the store is neither a path nor an address: `:` is followed by one `/`", LIKE)
    if "://" not in named:
        return sql.URL.create("sqlite", database=named)
    try:
        url = sql.make_url(named.replace("postgres://", "postgresql://", 1))
        backend = url.get_backend_name()
    except (exc.ArgumentError, ValueError):
        raise RecordsFault(
            f"the address of the store cannot be read after `{named.partition('://')[0]}://`", LIKE
        ) from None
    remember(url.password, *(text for name, text in url.query.items() if "pass" in name))
    if backend not in ("sqlite", "postgresql"):
        raise RecordsFault(f"a store is an SQLite file or a PostgreSQL database, not `{backend}`", LIKE)
    if url.port is not None and not 0 < url.port <= LAST_PORT:
        raise RecordsFault(f"the address of the store names the port {url.port}, and there are 1 to {LAST_PORT}")
    return _driven(url, backend)


def _driven(url: sql.URL, backend: str) -> sql.URL:
    """By the driver that there is. Another one is refused: SQLAlchemy knows many, and few were ever tried here."""
    driver = url.drivername.partition("+")[2]
    if driver and driver != DRIVERS[backend]:
        hint = f"write `{backend}://`: the driver is `{DRIVERS[backend]}`"
        raise RecordsFault(f"the address of the store names the driver `{driver}`", hint)
    if backend == "sqlite" and (url.query or url.host):
        raise RecordsFault("the address of an SQLite file has neither a host nor a query", "write its path alone")
    return url.set(drivername=f"{backend}+{DRIVERS[backend]}") if backend == "postgresql" else url


def _as_far_as_allowed(url: sql.URL) -> sql.URL:
    """Where nothing may be written, not even the files that SQLite keeps beside a store that is in use."""
    database = Path(url.database or "")
    if (
        url.query
        or url.database == ":memory:"
        or (os.access(database, os.W_OK) and os.access(database.parent, os.W_OK))
    ):
        return url
    # one that nobody writes to has no log of changes: all of it is in the one file
    still = {} if database.with_name(f"{database.name}-wal").exists() else {"immutable": "1"}
    name = quote(str(database.absolute()))
    return url.set(database=f"file:{name}", query={"mode": "ro", "uri": "true", **still})


def _sqlite(url: sql.URL) -> sql.Engine:
    if url.database not in (None, "", ":memory:") and not url.query.get("uri"):
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise RecordsFault(
                f"cannot make the folder `{folder}` of the store: {(fault.strerror or str(fault)).lower()}"
            ) from None
    engine = sql.create_engine(url, connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _patience if url.query.get("mode") == "ro" else _settings)
    event.listen(engine, "begin", _begin)
    return engine


def _patience(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
    cursor.close()


def _settings(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # Without this the driver opens transactions on its own, and a reader that turns writer cannot wait for its turn.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
    _patiently(lambda: cursor.execute("PRAGMA journal_mode = WAL"))
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _patiently(act: Callable[[], object]) -> None:
    """SQLite does not wait when two switch the journal's mode at once, whatever its timeout."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            act()
        except Exception as fault:
            if "locked" not in str(fault) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: sql.Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgresql(url: sql.URL) -> sql.Engine:
    try:
        engine = sql.create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as fault:
        raise RecordsFault(f"PostgreSQL needs the package `{fault.name}`: pip install 'psycopg[binary]'") from None
    event.listen(engine, "begin", _lock)
    return engine


def _lock(connection: sql.Connection) -> None:
    if connection.get_execution_options().get(_WRITING):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _prepare(store: Store) -> None:
    """Tables made by whoever comes first. Nobody migrates: a store of another schema is rebuilt from its journal."""
    with store.reading() as connection:
        if _schema(connection, store.place) == tables.SCHEMA:
            return
    with store.writing() as connection:
        found = _schema(connection, store.place)
        if found == tables.SCHEMA:
            return
        from pipeglot_records.store.views.making import make_anew  # as rarely as there is another schema

        make_anew(connection, filled=found > 0)


def _schema(connection: sql.Connection, place: str) -> int:
    """0 for an empty database."""
    if not sql.inspect(connection).has_table(tables.store_meta.name):
        return 0
    found = connection.scalar(sql.select(tables.store_meta.c.value).where(tables.store_meta.c.key == "schema"))
    schema = int(found or 0)
    if schema > tables.SCHEMA:
        raise RecordsFault(
            f"the store `{place}` was written by a newer pipeglot (schema {schema}, not {tables.SCHEMA})",
            "use the pipeglot that wrote it, or a later one; no store is made older",
        )
    return schema


@contextmanager
def _told(place: str) -> Generator[None, None, None]:
    """The database's own complaint, in one line."""
    try:
        yield
    except exc.DBAPIError as fault:
        raise RecordsFault(f"the store `{place}` cannot be used: {str(fault.orig).splitlines()[0]}") from fault
