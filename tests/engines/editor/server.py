"""The language server that editors use for YAML, spoken to as an editor does: JSON-RPC over its standard streams."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PACKAGE = "yaml-language-server@1.18.0"


def installed() -> Path:
    """The server, brought from npm once. Raises `CalledProcessError` where it cannot be."""
    cache = os.environ.get("PIPEGLOT_CACHE") or Path.home() / ".cache" / "pipeglot"
    folder = Path(cache) / "npm" / PACKAGE
    program = folder / "node_modules" / ".bin" / "yaml-language-server"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return program


@dataclass
class Editor:
    """`told` are the diagnostics of each document, as the server told them last."""

    process: subprocess.Popen[bytes]
    told: dict[str, list[Any]] = field(default_factory=dict)
    asked: int = 0

    def ask(self, method: str, **params: Any) -> Any:
        self.asked += 1
        mine = self.asked
        self._send({"id": mine, "method": method, "params": params})
        while True:
            got = self._next()
            if got.get("id") == mine and "method" not in got:
                assert "error" not in got, got["error"]["message"]
                return got["result"]

    def opened(self, path: Path) -> list[Any]:
        """What the server has to say of the file."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": path.read_text("utf-8")}
        self.tell("textDocument/didOpen", textDocument=document)
        return self.answered(path)

    def answered(self, path: Path) -> list[Any]:
        """What was told of the file last, once something was."""
        while path.as_uri() not in self.told:
            self._next()
        return self.told[path.as_uri()]

    def completed(self, path: Path, line: int, column: int) -> list[Any]:
        place = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
        return list((self.ask("textDocument/completion", **place) or {"items": []})["items"])

    def tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _next(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline()).strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server ended"
        got: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if got.get("method") == "textDocument/publishDiagnostics":
            self.told[got["params"]["uri"]] = got["params"]["diagnostics"]
        elif "method" in got and "id" in got:
            # it asks how the editor is set up: as it comes
            many = len(got["params"].get("items", ())) if got["params"] else 0
            self._send({"id": got["id"], "result": [None] * many})
        return got


@contextmanager
def editor() -> Generator[Editor]:
    with subprocess.Popen([installed(), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            made = Editor(process)
            abilities: dict[str, Any] = {"textDocument": {"completion": {}, "publishDiagnostics": {}}}
            made.ask("initialize", processId=None, rootUri=None, capabilities=abilities)
            made.tell("initialized")
            yield made
        finally:
            process.kill()


def available() -> str | None:
    """Why it cannot run here, or None."""
    return None if shutil.which("npm") and shutil.which("node") else "there is no npm here"
