"""A server in front of a real one, which passes everything on but for the faults it is told to make."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AS_TOLD = json.dumps(
    {
        "message": "as told",
        "detail": "as told",
        "code": 5,
        "kind": "Status",
        "details": {"name": "it"},
        "metadata": {},
        "error": {"code": 5, "message": "as told"},
    }
).encode()
"""A refusal in the words of each engine."""
NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "host", "keep-alive"}


@dataclass(frozen=True)
class Fault:
    """For the next `times` requests of this method whose path holds `path`.

    `status`: this answer instead of the server's. `passed_on`: the server gets the request all the same. Without a
    status the connection is cut, or, with `after`, the answer comes that many seconds late, or, `torn`, half of it.
    `body` is what stands in an answer by its status.
    """

    method: str
    path: str
    status: int | None = None
    times: int = 1
    passed_on: bool = False
    after: float = 0.0
    torn: bool = False
    body: bytes = AS_TOLD


@dataclass
class Front:
    """The server's address, what was asked of it, and what is still to go wrong."""

    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            self.asked.append((method, path))
            for fault in self.faults:
                made = sum(1 for verb, place in self.asked if (verb, fault.path in place) == (fault.method, True))
                if fault.method == method and fault.path in path and made <= fault.times:
                    return fault
        return None

    def count(self, method: str, path: str) -> int:
        return sum(1 for verb, place in self.asked if verb == method and path in place)


@contextmanager
def in_front_of(address: str, faults: Sequence[Fault], context: ssl.SSLContext | None = None) -> Generator[Front]:  # noqa: C901  # checks, one after the other
    """`address` is `host:port`; with a `context` it is spoken to by TLS."""
    front = Front(faults=list(faults))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = front.next_fault(self.command, self.path)
            if fault is None:
                self.reply(*self.from_the_server(body))
                return
            if fault.passed_on or fault.after or fault.torn:
                answer = self.from_the_server(body)
                if fault.torn:
                    self.reply(*answer, half=True)
                    return
                if fault.after:
                    time.sleep(fault.after)
                    self.reply(*answer)
                    return
            if fault.status is None:
                # a reset, and no orderly end
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return
            self.reply(fault.status, {"Content-Type": "application/json"}, fault.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

        def from_the_server(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            wire = http.client.HTTPConnection(address, timeout=60)
            if context:
                wire = http.client.HTTPSConnection(address, timeout=60, context=context)
            try:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
                wire.request(self.command, self.path, body=body or None, headers=headers)
                answer = wire.getresponse()
                kept = {name: value for name, value in answer.getheaders() if name.lower() not in NOT_PASSED_ON}
                if self.command == "HEAD":  # what is told of a body that does not come
                    kept["Content-Length"] = answer.getheader("Content-Length", "0")
                return answer.status, kept, answer.read()
            finally:
                wire.close()

        def reply(self, status: int, headers: dict[str, str], body: bytes, *, half: bool = False) -> None:
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body[: len(body) // 2] if half else body)
                self.close_connection = half
            except OSError:
                self.close_connection = True  # who asked did not wait

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    front.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        server.server_close()
