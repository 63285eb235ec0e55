"""A web server on loopback with files and faults, by TLS under an authority of its own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

FILES: Mapping[str, bytes] = {"/a.csv": b"id,price\n1,10\n", "/raw%20data/b.csv": b"b", "/large": b"x" * 100_000}


@dataclass
class Web:
    """`asked` are the paths, each with what it was asked with."""

    url: str
    environ: Mapping[str, str]
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@contextmanager
def served_by_tls(folder: Path, files: Mapping[str, bytes] = FILES) -> Generator[Web]:  # noqa: C901  # answers, one after the other
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append((self.path, self.headers.get("Authorization", "")))
            head, _, rest = self.path.lstrip("/").partition("/")
            if head.isdecimal():  # /STATUS/TIMES: so often that, and then the file
                status, times = int(head), int(rest.partition("/")[0] or 99)
                if [path for path, _ in web.asked].count(self.path) <= times:
                    self.answer(status, b"no", {"Location": "http://127.0.0.1:9/away"} if status == 302 else {})
                    return
            if head == "to":
                self.answer(302, b"", {"Location": f"{web.url}/{rest}"})
            elif head == "cut":
                self.answer(200, FILES["/large"], {}, half=[path for path, _ in web.asked].count(self.path) <= 99)
            else:
                known = self.path.partition("?")[0]
                found = files.get(known, None if head == "none" else files.get("/a.csv"))
                self.answer(200 if found else 404, found or b"none", {"ETag": '"e1"'})

        def answer(self, status: int, body: bytes, headers: Mapping[str, str], half: bool = False) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if half else body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    web = Web(f"https://127.0.0.1:{server.server_port}", {"SSL_CERT_FILE": str(folder / "authority.pem")})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
