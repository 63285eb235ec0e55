"""The server's process: a socket that is listened on, and connections that may not linger."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeglot_records.faults import ServerFault
from pipeglot_records.server.app import application
from pipeglot_records.server.headers import Secured
from pipeglot_records.server.keeper import Keeper
from pipeglot_records.server.limits import USUAL, Limits
from pipeglot_records.store.database import Store

WAITING = 100
"""Connections that the system holds until they are taken; asyncio tries again for each, where it may open no file."""
FILES = 65_536
"""That the process may have open, where the system allows it."""
IDLE = 5


class Bounded(H11Protocol):
    """uvicorn waits for the rest of a request's head as long as it takes; here it has a time."""

    head = USUAL.head

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        # asyncio does so itself, but not for what came by a listener of `create_server`; else the second part of each
        # answer waits until whoever asked has said that the first is there, 40 ms
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._late: asyncio.TimerHandle | None = None
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._unwatch()
        elif self._late is None:
            self._late = self.loop.call_later(self.head, self._leave)

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _leave(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()


def listening(host: str, port: int) -> socket.socket:
    """Raises `ServerFault`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=WAITING)
    except (OSError, UnicodeError) as fault:
        why = (getattr(fault, "strerror", None) or str(fault)).lower()
        raise ServerFault(f"cannot listen on `{host}`, port {port}: {why}") from None


def open_many_files() -> None:
    """Each connection is one: those that are held must not leave the store without."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server(store: Store, limits: Limits = USUAL, *, is_open: bool = False, key: str | None = None) -> uvicorn.Server:
    """Told to listen by `run(sockets=[…])`. Who has the `key` may look at everything."""
    bounded: type[Any] = type("Bounded", (Bounded,), {"head": limits.head})
    return uvicorn.Server(
        uvicorn.Config(
            Secured(application(Keeper(store, limits), is_open=is_open, key=key)),
            http=bounded,
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=limits.connections,
            backlog=WAITING,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=limits.leaving,
            h11_max_incomplete_event_size=limits.head_size,
        )
    )
