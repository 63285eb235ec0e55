"""A service that speaks as OpenAI's does, on this machine: busy at first, then of one opinion."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType


class Service:
    """Counts what it is asked; the first request is answered with 429."""

    def __init__(self, answer: str) -> None:
        self.asked, self.models = 0, set[str]()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked += 1
                outer.models.add(told["model"])
                found = self.path == "/v1/chat/completions" and told["messages"][0]["role"] == "user"
                self.send_response(429 if outer.asked == 1 else 200 if found else 404)
                self.end_headers()
                self.wfile.write(json.dumps({"choices": [{"message": {"content": answer}}]}).encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Service:
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
