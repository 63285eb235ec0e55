"""A listener on loopback that takes what clients of MLflow log, while the command runs."""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

from pipeglot_sidecar.capture.events import Events, whole
from pipeglot_sidecar.capture.mlflow_calls import Calls, NoSuch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

LOOPBACK = "127.0.0.1"
ARTIFACTS = "/mlflow-artifacts/artifacts"
LARGEST = 64 * 1024 * 1024
"""Bytes of one call that is not a file."""
BITE = 1 << 20
LONGEST_LINE = 64 * 1024
ASKED_OF_NEW_SERVERS = ("server-info",)
"""What clients ask to learn how old a server is: one that does not know the question is old, and that is well."""
WRONG, UNKNOWN = "INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"


class Gone(Exception):
    """A client that went away in the middle."""


class _Draft:
    """A file that is there once it is whole. `fault` is why it cannot be."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._draft = f"{place}.{os.urandom(4).hex()}"
        self.fault: OSError | None = None
        self._do(lambda: os.makedirs(os.path.dirname(place), exist_ok=True))

    def write(self, piece: bytes) -> None:
        def append() -> None:
            with open(self._draft, "ab") as file:
                file.write(piece)

        self._do(append)

    def finish(self, is_whole: bool) -> None:
        self.write(b"")
        if is_whole:
            self._do(lambda: os.replace(self._draft, self._place))
        if os.path.exists(self._draft):
            os.unlink(self._draft)

    def _do(self, act: Callable[[], None]) -> None:
        try:
            if self.fault is None:
                act()
        except OSError as fault:
            self.fault = fault


class Listener(ThreadingHTTPServer):
    """`folder` is where files go that are uploaded."""

    daemon_threads = True
    allow_reuse_address = False
    request_queue_size = 128

    def __init__(self, events: Events, run: str, name: str, folder: str) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.calls = Calls(events, run, name)
        self.events = events
        self.folder = folder
        self.misunderstood: dict[str, int] = {}
        Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def server_bind(self) -> None:
        # without the look-up of its own name, which can take seconds
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hangs up in the middle is no news."""

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        for what, count in sorted(self.misunderstood.items()):
            self.events.complain("mlflow", f"calls of `{what}` are not understood: {count}")


class Handler(BaseHTTPRequestHandler):
    """One connection of a client, which may stay for many calls."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 600
    server: Listener  # pyright: ignore[reportIncompatibleVariableOverride]

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the command's log is the command's."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        at = urlsplit(self.path)
        path = unquote(at.path)
        try:
            if ARTIFACTS in path:
                self._file(path.partition(ARTIFACTS)[2].lstrip("/"), parse_qs(at.query))
                return
            self._call(path, parse_qs(at.query))
        except NoSuch as fault:
            self._say(404, {"error_code": UNKNOWN, "message": str(fault)})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            self._say(400, {"error_code": WRONG, "message": f"{type(fault).__name__}: {whole(str(fault))[:200]}"})
        except Gone:
            return

    def _body(self) -> bytes:
        size = int(self.headers.get("Content-Length") or 0)
        if size > LARGEST:
            self.close_connection = True
            raise ValueError(f"a call of {size} bytes is too large")
        return b"".join(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        """What the client sends: of a size that it says, or in chunks, as of an empty file."""
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            while size := int(self.rfile.readline(100).partition(b";")[0], 16):
                yield self._whole(size)
                self.rfile.readline(100)
            while self.rfile.readline(LONGEST_LINE).strip():
                continue
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left > 0:
            yield self._whole(min(BITE, left))
            left -= BITE

    def _whole(self, size: int) -> bytes:
        piece = self.rfile.read(size)
        if len(piece) < size:
            self.close_connection = True
            raise Gone
        return piece

    def _call(self, path: str, query: dict[str, list[str]]) -> None:
        body = self._body()
        given: Any = json.loads(body) if body else {}
        if type(given) is not dict:
            raise ValueError("the body is not an object")
        said: dict[str, Any] = {**{name: values[-1] for name, values in query.items()}, **given}
        if path in ("/version", "/health"):
            self._send(200, b"2.22.0" if path == "/version" else b"OK", "text/plain")
            return
        what = path.partition("/mlflow/")[2].strip("/")
        if what == "artifacts/list":
            self._listed(said)
            return
        answer = self.server.calls.answer(self.command, what, said)
        if answer is None:
            if what not in ASKED_OF_NEW_SERVERS:
                self.server.misunderstood[what[:80]] = self.server.misunderstood.get(what[:80], 0) + 1
            self._say(404, {"error_code": "ENDPOINT_NOT_FOUND", "message": f"`{what}` is not taken by this listener"})
        else:
            self._say(200, answer)

    def _place(self, name: str) -> str:
        """Where a file lies: what stands before `artifacts` says of which run or model it is."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if ".." in parts:
            raise ValueError(f"`{name}` is no place below the run")
        if "artifacts" in parts:
            at = parts.index("artifacts")
            known = self.server.calls.folders
            if not at or parts[at - 1] not in known:
                raise NoSuch("this listener is of one step, and has no such run or model")
            parts = [known[parts[at - 1]], *parts[at + 1 :]]
        return os.path.join(self.server.folder, *parts)

    def _file(self, name: str, query: dict[str, list[str]]) -> None:
        if self.command == "PUT":
            self._take(name)
        elif self.command == "GET" and not name:
            self._say(200, {"files": self._files(query.get("path", [""])[0])})
        elif self.command == "GET":
            self._give(self._place(name))
        else:
            self._body()
            self._say(200, {})

    def _take(self, name: str) -> None:
        """A file that has no room is a note: the code that logs it is not to hear of that."""
        from hashlib import sha256

        place, total, size = self._place(name), sha256(), 0
        path = whole(os.path.relpath(place, self.server.folder))
        file, is_whole = _Draft(place), False
        try:
            for piece in self._pieces():
                total.update(piece)
                size += len(piece)
                file.write(piece)
            is_whole = True
        finally:
            file.finish(is_whole)
        if file.fault:
            self.server.events.complain("mlflow", f"`{path}` is not kept: {file.fault}")
        fields = {"path": path, "sha256": total.hexdigest(), "size": size}
        self.server.events.tell("captured", "mlflow.artifact", fields)
        self._say(200, {})

    def _give(self, place: str) -> None:
        if not os.path.isfile(place):
            raise NoSuch("there is no such file")
        with open(place, "rb") as file:
            self._send(200, file.read(), "application/octet-stream")

    def _files(self, name: str) -> list[dict[str, Any]]:
        folder = self._place(name)
        if not os.path.isdir(folder):
            return []
        found: list[dict[str, Any]] = []
        for entry in sorted(os.listdir(folder)):
            path = os.path.join(folder, entry)
            is_folder = os.path.isdir(path)
            size = {} if is_folder else {"file_size": os.path.getsize(path)}
            found.append({"path": entry, "is_dir": is_folder, **size})
        return found

    def _listed(self, said: dict[str, Any]) -> None:
        name = str(said.get("path") or "")
        files = self._files(name)
        if name:
            files = [{**each, "path": f"{name}/{each['path']}"} for each in files]
        self._say(200, {"root_uri": "mlflow-artifacts:/0", "files": files})

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        """Head and body at once: two pieces can wait for each other."""
        head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Refused'}\r\nContent-Type: {kind}\r\n"
        close = "Connection: close\r\n" if self.close_connection else ""
        self.wfile.write(f"{head}{close}Content-Length: {len(body)}\r\n\r\n".encode("ascii") + body)
