"""Servers, proxies and certificates that a submission can meet on its way, each real and on loopback.

`WAYS` names them; each is a context that gives the address to ask, what the environment says, and who was asked.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

PAGE = b"<html><head><title>Sign in</title></head><body>who are you?</body></html>"
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}


@dataclass(frozen=True)
class Answer:
    """What a server answers to everything; `whole`: or half of it; `after`: so many seconds late."""

    status: int
    body: bytes = b'{"message": "as told", "detail": "as told", "error": {"code": 7, "message": "as told"}, "code": 7}'
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    whole: bool = True
    after: float = 0.0


@dataclass
class Way:
    """`asked` holds what came to those who are to be asked nothing, `passed` what a proxy passed on."""

    url: str
    environ: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    by_proxy: bool = False
    within: float = 20.0
    """Seconds in which an answer must come."""


@contextmanager
def served(answer: Answer, asked: list[str] | None = None, context: ssl.SSLContext | None = None) -> Generator[int]:
    """The port of a server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            if asked is not None:
                asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(answer.after)
            with contextlib.suppress(OSError):
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body if answer.whole else answer.body[:9])
                self.close_connection = not answer.whole

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with listening(Handler, context) as port:
        yield port


@contextmanager
def listening(
    handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext | None = None, address: str = "127.0.0.1"
) -> Generator[int]:
    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever does not like the certificate goes."""

    server = Quiet((address, 0), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def proxying(way: Way, wanted: str = "", refusal: int = 0) -> Generator[int]:
    """The port of a proxy that goes to loopback whatever it is asked for. `wanted`: whom it lets through."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            way.passed.append(self.path)
            told = self.headers.get("Proxy-Authorization", "")
            if refusal or (wanted and base64.b64decode(told.partition(" ")[2]).decode() != wanted):
                self.send_error(refusal or 407)
                return
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", int(self.path.rpartition(":")[2]))) as there:
                back = threading.Thread(target=_pour, args=(there, self.connection), daemon=True)
                back.start()
                _pour(self.connection, there)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with listening(Proxy) as port:
        yield port


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@cache
def authority() -> trustme.CA:
    return trustme.CA()


@cache
def certificate(host: str, days: int = 9) -> ssl.SSLContext:
    ends = datetime.now(timezone.utc) + timedelta(days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(host, not_before=ends - timedelta(days=99), not_after=ends).configure_cert(context)
    return context


def trusted(folder: Path) -> str:
    authority().cert_pem.write_to_path(folder / "authority.pem")
    return str(folder / "authority.pem")


@contextmanager
def plain(answer: Answer, missing: bytes, folder: Path) -> Generator[Way]:
    del missing, folder
    with served(answer) as port:
        yield Way(f"http://127.0.0.1:{port}", within=answer.after / 10 or 20.0)


@contextmanager
def unknown_place(missing: bytes, folder: Path) -> Generator[Way]:
    del folder
    with served(Answer(404, missing)) as port:
        yield Way(f"http://127.0.0.1:{port}")


@contextmanager
def elsewhere(status: int, missing: bytes, folder: Path) -> Generator[Way]:
    del missing, folder
    way = Way("")
    with served(Answer(200), way.asked) as other:
        to = {"Location": f"http://localhost:{other}/sign-in?state=secret"}
        with served(Answer(status, b"", {**HTML, **to})) as port:
            way.url = f"http://127.0.0.1:{port}"
            yield way


@contextmanager
def nowhere(url: str, missing: bytes, folder: Path) -> Generator[Way]:
    del missing, folder
    yield Way(url)


@contextmanager
def secured(variable: str | None, host: str, days: int, missing: bytes, folder: Path) -> Generator[Way]:
    del missing
    with served(Answer(401), context=certificate(host, days)) as port:
        yield Way(f"https://localhost:{port}", {variable: trusted(folder)} if variable else {})


@contextmanager
def by_proxy(
    name: str, user: str, wanted: str, refusal: int, direct: str, missing: bytes, folder: Path
) -> Generator[Way]:
    """The engine has a name that the proxy alone knows, unless the way to it is `direct`."""
    del missing
    host = "localhost" if direct else "engine.invalid"
    way = Way("", {"SSL_CERT_FILE": trusted(folder)}, by_proxy=not direct)
    with served(Answer(401), context=certificate(host)) as port, proxying(way, wanted, refusal) as proxy:
        way.url = f"https://{host}:{port}"
        way.environ |= {name: f"http://{user}127.0.0.1:{proxy}", **({"NO_PROXY": direct} if direct else {})}
        yield way


@contextmanager
def no_proxy_there(missing: bytes, folder: Path) -> Generator[Way]:
    del missing, folder
    yield Way("https://engine.invalid", {"HTTPS_PROXY": "http://me:hush@127.0.0.1:1"})


LATER = {**JSON, "Retry-After": "3600"}
Making = Callable[[bytes, Path], AbstractContextManager[Way]]
WAYS: dict[str, Making] = {
    "200, a page to sign in": partial(plain, Answer(200, PAGE, HTML)),
    "200, other JSON": partial(plain, Answer(200, b'{"status": "ok"}')),
    "200, a list": partial(plain, Answer(200, b"[]")),
    "200, nothing": partial(plain, Answer(200, b"")),
    "302": partial(elsewhere, 302),
    "307": partial(elsewhere, 307),
    "308": partial(elsewhere, 308),
    "400": partial(plain, Answer(400)),
    "401": partial(plain, Answer(401)),
    "403": partial(plain, Answer(403)),
    "404 of the path": partial(plain, Answer(404, b"404 page not found", {"Content-Type": "text/plain"})),
    "404 of the namespace": unknown_place,
    "409": partial(plain, Answer(409)),
    "429": partial(plain, Answer(429, headers={**JSON, "Retry-After": "0"})),
    "429, in an hour": partial(plain, Answer(429, headers=LATER)),
    "500": partial(plain, Answer(500)),
    "502": partial(plain, Answer(502, PAGE, HTML)),
    "503, in an hour": partial(plain, Answer(503, headers=LATER)),
    "cut off": partial(plain, Answer(200, whole=False)),
    "slow": partial(plain, Answer(200, after=1.0)),
    "no such name": partial(nowhere, "http://engine.invalid"),
    "nobody there": partial(nowhere, "http://127.0.0.1:1"),
    "certificate of a stranger": partial(secured, None, "localhost", 9),
    "certificate that expired": partial(secured, "SSL_CERT_FILE", "localhost", -9),
    "certificate of another": partial(secured, "SSL_CERT_FILE", "other.example", 9),
    "SSL_CERT_FILE": partial(secured, "SSL_CERT_FILE", "localhost", 9),
    "REQUESTS_CA_BUNDLE": partial(secured, "REQUESTS_CA_BUNDLE", "localhost", 9),
    "a proxy that wants a name": partial(by_proxy, "HTTPS_PROXY", "me:amiss@", "me:hush", 0, ""),
    "a proxy that refuses": partial(by_proxy, "https_proxy", "", "", 403, ""),
    "no proxy there": no_proxy_there,
    "HTTPS_PROXY": partial(by_proxy, "HTTPS_PROXY", "me:hush@", "me:hush", 0, ""),
    "https_proxy": partial(by_proxy, "https_proxy", "", "", 0, ""),
    "NO_PROXY": partial(by_proxy, "HTTPS_PROXY", "", "", 0, ".example, localhost"),
}
