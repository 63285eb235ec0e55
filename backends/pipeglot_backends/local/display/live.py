"""Progress on a terminal: one live line for each running step, and above them what has ended."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from pipeglot_backends.local.display import formatting
from pipeglot_backends.local.display.lines import DIM, Paint, Teller, plain
from pipeglot_backends.local.engine.progress import Ended, Listed, Progress, Retrying, RunEnded, Settled, Started
from pipeglot_backends.local.engine.scheduler import Task

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
UP = "\x1b[{}A\r"
CLEAR = "\x1b[J"


def colours(environ: Mapping[str, str]) -> Paint:
    """None with `NO_COLOR`, https://no-color.org."""
    return plain if environ.get("NO_COLOR") else lambda text, colour: f"\x1b[{colour}m{text}\x1b[0m"


class Live:
    interval: float | None = 0.1

    def __init__(
        self, stream: TextIO, environ: Mapping[str, str], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._paint = colours(environ)
        self._teller = Teller(self._paint)
        self._clock = clock
        self._running: dict[Task, tuple[float, int]] = {}
        self._waiting: dict[str, int] = {}
        """Items that a fan-out has not yet ended."""
        self._drawn = 0

    def observe(self, event: Progress) -> None:
        match event:
            case Started():
                self._running[event.task] = (self._clock(), event.number)
            case Ended() | Retrying():
                self._running.pop(event.task, None)
                if isinstance(event, Ended) and event.task.index is not None and event.task.step in self._waiting:
                    self._waiting[event.task.step] -= 1
            case Listed():
                self._waiting[event.step] = event.items
            case Settled():
                self._waiting.pop(event.step, None)
            case RunEnded():
                self._running.clear()
            case _:
                pass
        self._draw(self._teller.told(event))

    def tick(self) -> None:
        if self._running:
            self._draw([])

    def _draw(self, lines: list[str]) -> None:
        width, height = shutil.get_terminal_size()
        live = [line[: width - 1] for line in self._live()]
        most = max(1, height - 2)
        if len(live) > most:
            live[most - 1 :] = [f"  … and {len(live) - most + 1} more"]
        back = UP.format(self._drawn) + CLEAR if self._drawn else ""
        painted = [self._paint(line, DIM) for line in live]
        self._stream.write(back + "".join(line + "\n" for line in [*lines, *painted]))
        self._stream.flush()
        self._drawn = len(live)

    def _live(self) -> list[str]:
        now = self._clock()
        frame = FRAMES[int(now * 10) % len(FRAMES)]
        return [f"{frame} {self._name(task, number)}  {formatting.duration(now - since)}"
                for task, (since, number) in self._running.items()]  # fmt: skip

    def _name(self, task: Task, number: int) -> str:
        parts = [formatting.name(task)]
        if number > 1:
            parts.append(f"attempt {number}")
        if task.index is not None and self._waiting.get(task.step, 0) > 1:
            parts.append(f"{self._waiting[task.step]} items left")
        return "  ".join(parts)
