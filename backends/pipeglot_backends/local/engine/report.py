"""What a sidecar wrote about its attempt, for people who watch the run. Nothing is decided by it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeglot.item_labels import label
from pipeglot_expression.runtime.contract import CACHED

AT_MOST = 256 * 1024
"""Bytes from the end of a log that are looked at."""
LAST_LINES = 10
WIDEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Report:
    reason: str | None = None
    message: str | None = None
    metrics: tuple[tuple[str, float | bool | str], ...] = ()
    cached: bool = False
    """Whether it was not started, since what the same work has left before was taken."""
    item: str | None = None
    """What the item is called, where it has a value that says more than its number."""


def read_report(path: Path) -> Report:
    return report_of(_events(path))


def report_of(events: Iterable[Mapping[str, Any]]) -> Report:
    reason: str | None = None
    message: str | None = None
    metrics: dict[str, float | bool | str] = {}
    item: str | None = None
    cached = False
    for event in events:
        item = item or label(event.get("item_value") or {})
        if event.get("event") in ("end", "decided"):
            reason, message = event.get("reason"), event.get("message")
            cached = event.get("state") == CACHED
        elif event.get("event") in ("metric", "output") and _is_figure(event):
            metrics[str(event.get("name"))] = event["value"]
    return Report(reason, message, tuple(metrics.items()), cached, item)


def _is_figure(event: Mapping[str, Any]) -> bool:
    """A metric that is no number stands as a word."""
    value = event.get("value")
    return isinstance(value, (int, float)) or (isinstance(value, str) and event["event"] == "metric")


def last_lines(log: Path, said: str | None = None) -> tuple[str, ...]:
    """The end of a step's output, with what is no text replaced, and without what `said` tells already."""
    lines = _end(log).decode("utf-8", "replace").splitlines()
    if said and lines and lines[-1].startswith("pipeglot: ") and lines[-1].endswith(said):
        lines.pop()
    lines = lines[-LAST_LINES:]
    return tuple(line if len(line) <= WIDEST_LINE else line[: WIDEST_LINE - 1] + "…" for line in lines)


def _events(path: Path) -> Iterator[dict[str, Any]]:
    for line in _end(path).splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def _end(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - AT_MOST))
            return file.read()
    except OSError:
        return b""
