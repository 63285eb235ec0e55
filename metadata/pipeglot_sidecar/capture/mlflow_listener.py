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
    from typing import Any

LOOPBACK = "127.0.0.1"
ARTIFACTS = "/mlflow-artifacts/artifacts"
LARGEST = 64 * 1024 * 1024
"""Bytes of one call that is not a file."""
BITE = 1 << 20
ASKED_OF_NEW_SERVERS = ("server-info",)
"""What clients ask to learn how old a server is: one that does not know the question is old, and that is well."""
WRONG, UNKNOWN = "INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"


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
            self.events.complain("mlflow", f"{count} calls of `{what}` are not understood")


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
        except OSError as fault:
            self._say(500, {"error_code": "INTERNAL_ERROR", "message": whole(str(fault))[:200]})

    def _body(self) -> bytes:
        size = int(self.headers.get("Content-Length") or 0)
        if size > LARGEST:
            self.close_connection = True
            raise ValueError(f"a call of {size} bytes is too large")
        return self.rfile.read(size)

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
            folder = self.server.calls.folders.get(parts[at - 1], "") if at else ""
            parts = [folder, *parts[at + 1 :]]
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
        from hashlib import sha256

        place, total = self._place(name), sha256()
        left = size = int(self.headers.get("Content-Length") or 0)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        draft = f"{place}.{os.urandom(4).hex()}"
        try:
            with open(draft, "wb") as file:
                while left > 0:
                    piece = self.rfile.read(min(BITE, left))
                    if not piece:
                        raise OSError("the client went away in the middle of a file")
                    file.write(piece)
                    total.update(piece)
                    left -= len(piece)
            os.replace(draft, place)
        except OSError:
            self.close_connection = True
            if os.path.exists(draft):
                os.unlink(draft)
            raise
        path = os.path.relpath(place, self.server.folder)
        told = {"path": whole(path), "sha256": total.hexdigest(), "size": size}
        self.server.events.tell("captured", "mlflow.artifact", told)
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
