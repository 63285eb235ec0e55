"""Events about a run as a whole, which no step can write: one log per run, beside those of its steps."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from pipeglot.definition import canonical
from pipeglot.ir import Json

VERSION = 1
FILE = "run.jsonl"


def event_line(event: str, run: str, writer: str, seq: int, at: int, fields: Mapping[str, Json]) -> str:
    """One line of a log (`docs/internals/runtime.md` section 8); `fields` may name a `step` and an `item`."""
    base: dict[str, Json] = {"v": VERSION, "event": event, "run": run, "step": None, "item": None, "attempt": None}
    return canonical({**base, **fields, "writer": writer, "seq": seq, "time": at}) + "\n"


class RunEvents:
    """Appends to `FOLDER/RUN/run.jsonl`, each event by one write, so that a kill tears at most the last line."""

    def __init__(self, folder: Path, run: str, writer: str, *, clock: Callable[[], int] = time.time_ns) -> None:
        self.path = folder / run / FILE
        self._run = run
        self._writer = f"{writer}-{os.getpid()}-{clock()}"
        self._clock = clock
        self._seq = 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def write(self, event: str, **fields: Json) -> None:
        line = event_line(event, self._run, self._writer, self._seq, self._clock(), fields)
        self._seq += 1
        os.write(self._file, line.encode("ascii"))

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> RunEvents:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()
