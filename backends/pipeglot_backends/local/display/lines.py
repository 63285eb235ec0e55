"""Progress as plain lines, one for each thing that happened: for logs, pipes and CI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO, TypeAlias

from pipeglot_backends.local.display import formatting
from pipeglot_backends.local.engine.outcomes import Outcome, State
from pipeglot_backends.local.engine.progress import (
    Ended,
    Listed,
    Progress,
    Retrying,
    RunEnded,
    RunStarted,
    Settled,
    Started,
    Stopping,
)
from pipeglot_expression.runtime.contract import DEADLINE

Paint: TypeAlias = Callable[[str, str], str]
"""(text, colour) → text."""

DIM = "2"
YELLOW = "33"


def plain(text: str, _: str) -> str:
    return text


class Lines:
    interval: float | None = None

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._teller = Teller(plain)

    def observe(self, event: Progress) -> None:
        for line in self._teller.told(event):
            self._stream.write(line + "\n")
        self._stream.flush()

    def tick(self) -> None:
        pass


@dataclass(slots=True)
class Teller:
    """Events into lines. Remembers which steps were started: the outcome of the others has no process to tell it."""

    paint: Paint
    ran: set[str] = field(default_factory=set[str])

    def told(self, event: Progress) -> list[str]:  # noqa: C901  # a table, as a match
        match event:
            case RunStarted():
                return [f"run {event.run} of {event.pipeline}: {event.steps} steps"]
            case Started():
                self.ran.add(event.task.step)
                return []
            case Listed():
                return [f"  {event.step}: {event.items} items"]
            case Retrying():
                return self._retrying(event)
            case Ended():
                return self._ended(event)
            case Settled():
                return self._settled(event)
            case Stopping():
                return [self.paint(_stopping(event), YELLOW)]
            case RunEnded():
                return [f"run {event.run} {event.state} in {formatting.duration(event.seconds)}"]

    def _retrying(self, event: Retrying) -> list[str]:
        line = f"{self.paint('↻', YELLOW)} {formatting.name(event.task, event.report.item)}  attempt {event.number} "
        return [line + f"{formatting.state(event.outcome)}, the next in {formatting.duration(event.pause)}"]

    def _ended(self, event: Ended) -> list[str]:
        succeeded = event.outcome.state is State.SUCCEEDED
        if event.task.lists and succeeded:
            return []
        name = formatting.name(event.task, event.report.item)
        word = "" if succeeded else formatting.state(event.outcome)
        if event.outcome.state is State.SKIPPED and event.report.message:
            return [f"{self._sign(event.outcome)} {name}  skipped: {event.report.message}"]
        seconds = formatting.duration(event.seconds)
        parts = [
            f"{self._sign(event.outcome)} {name}",
            word,
            seconds,
            formatting.metrics(event.report),
        ]
        lines = ["  ".join(part for part in parts if part)]
        if event.report.message and not succeeded:
            lines.append(f"    {formatting.printable(event.report.message)}")
        if event.outcome.state is State.FAILED:
            lines += [self.paint(f"    | {formatting.printable(line)}", DIM) for line in event.lines]
            lines.append(f"    log: {event.log}")
        return lines

    def _settled(self, event: Settled) -> list[str]:
        """Nothing where the end of a process said it already."""
        if event.step in self.ran and (event.items is None or event.outcome.state is not State.FAILED):
            return []
        items = "" if event.items is None else f", {event.items} items"
        return [f"{self._sign(event.outcome)} {event.step}  {formatting.state(event.outcome)}{items}"]

    def _sign(self, outcome: Outcome) -> str:
        return self.paint(formatting.SIGNS[outcome.state], formatting.COLOURS[outcome.state])


def _stopping(event: Stopping) -> str:
    if event.reason == DEADLINE:
        return "the deadline has come: stopping what runs"
    return "stopping what runs; interrupt again to kill it" if event.how == 1 else "killing what runs"
