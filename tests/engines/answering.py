"""The wire of a server that only a test makes: requests come in, what is made of them goes out as JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage, Message, MIMEPart
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def parts(self) -> list[MIMEPart]:
        """Of a body that has several."""
        whole = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode() + self.body
        return list(BytesParser(EmailMessage, policy=default).parsebytes(whole).iter_parts())


def content(part: MIMEPart) -> bytes:
    """Of a part that has no parts itself."""
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


class Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def answering(answer: Callable[[Request], object], refused: Callable[[Refusal], object]) -> Generator[str]:
    """The URL of a server; `refused` is the object in which its engine wraps a refusal. Bytes go out as they are."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, said = 200, answer(Request(self.command, self.path, self.headers, body))
            except Refusal as refusal:
                status, said = refusal.status, refused(refusal)
            text = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
