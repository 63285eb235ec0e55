"""A receiver of webhooks, real and on loopback."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.engines.bad_ways import certificate, listening

HIDDEN = "T0/hush"
"""The part of an address that nobody may see."""


@dataclass
class Receiver:
    """`answers` in their order, the last one again and again; `port` is set while it listens."""

    answers: list[int] = field(default_factory=lambda: [200])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    address: str = "127.0.0.1"
    port: int = 0
    got: list[tuple[str, str, bytes]] = field(default_factory=list[tuple[str, str, bytes]])

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}/{HIDDEN}"

    @contextmanager
    def serve(self, host: str = "") -> Generator[Receiver]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, self.headers["Content-Type"], body))
                self.send_response(receiver.answers[min(len(receiver.got), len(receiver.answers)) - 1])
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *_: object) -> None:
                """Says nothing."""

        with listening(Handler, certificate(host) if host else None, self.address) as self.port:
            yield self
