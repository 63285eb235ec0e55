"""The store as the server uses it: threads that ask, one thread that writes, and what it has against either."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sqlalchemy import event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from pipeglot_records.faults import RecordsFault
from pipeglot_records.server.limits import Limits
from pipeglot_records.server.refusal import busy
from pipeglot_records.server.sink import Queue
from pipeglot_records.store.database import Store

READERS = 6

_Found = TypeVar("_Found")


def _threads(count: int, name: str) -> Callable[[], ThreadPoolExecutor]:
    return partial(ThreadPoolExecutor, count, f"records-{name}")


@dataclass(slots=True)
class Keeper:
    """`held` counts the bodies that wait for the writer. Who asks for leave waits neither for it nor for questions."""

    store: Store
    limits: Limits
    held: int = 0
    writer: ThreadPoolExecutor = field(default_factory=_threads(1, "writer"))
    readers: ThreadPoolExecutor = field(default_factory=_threads(READERS, "reader"))
    queue: Queue = field(init=False)
    doors: ThreadPoolExecutor = field(default_factory=_threads(1, "door"))

    def __post_init__(self) -> None:
        self.queue = Queue(self.store, self.limits)
        hurry(self.store, self.limits.patience)

    @contextmanager
    def room(self) -> Generator[None, None, None]:
        """For one more body. Raises `Refused`."""
        if self.held >= self.limits.waiting:
            raise busy("too many requests wait for the store", closes=True)
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1

    async def write(self, act: Callable[[], _Found]) -> _Found:
        return await _done(self.writer, act, "the store takes nothing now")

    async def read(self, act: Callable[[], _Found]) -> _Found:
        return await _done(self.readers, act, "the store cannot be read now")

    async def look_up(self, act: Callable[[], _Found]) -> _Found:
        return await _done(self.doors, act, "the store cannot be read now")

    def close(self) -> None:
        for threads in (self.doors, self.readers, self.writer):
            threads.shutdown()


async def _done(threads: ThreadPoolExecutor, act: Callable[[], _Found], otherwise: str) -> _Found:
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, act)
    except (RecordsFault, exc.TimeoutError) as fault:
        why = fault.diagnostics[0].message if isinstance(fault, RecordsFault) else str(fault)
        # how the store is called, and what ails it, is for whoever runs the server
        print(why, file=sys.stderr, flush=True)
        raise busy(otherwise) from None


def hurry(store: Store, patience: float) -> None:
    """A connection that waits no longer for others, and whose word holds when the power fails."""
    milliseconds = int(patience * 1000)
    words = {
        "sqlite": (f"PRAGMA busy_timeout = {milliseconds}", "PRAGMA synchronous = FULL"),
        "postgresql": (f"SET lock_timeout = {milliseconds}",),
    }[store.engine.dialect.name]

    def settle(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for word in words:
            cursor.execute(word)
        cursor.close()
        connection.commit()

    event.listen(store.engine, "connect", settle)
    store.engine.dispose()
