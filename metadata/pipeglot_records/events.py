"""One line of an event log: `docs/internals/runtime.md` section 8."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard, cast

from pipeglot.ir import Json

FORMAT = 1
BULK = frozenset({"metric", "heartbeat"})
"""Kinds that can be many and never change a state: kept out of what is folded again and again."""

Fields: TypeAlias = Mapping[str, Json]

_TEXTS = ("event", "run", "writer")
_TEXTS_OR_NULL = ("step", "item", "attempt")
_NUMBERS = ("seq", "time")


@dataclass(frozen=True, slots=True)
class Event:
    """`text` is the line as it was written; `order` puts events in the one order that everything is folded in."""

    kind: str
    run: str
    step: str | None
    item: str | None
    attempt: str | None
    writer: str
    seq: int
    time: int
    fields: Fields
    text: str

    @property
    def order(self) -> tuple[int, str, int]:
        return (self.time, self.writer, self.seq)


def parse(line: str) -> Event | None:
    """None for a line that is no event of this format: torn, foreign, or of a later version."""
    try:
        found = cast(Json, json.loads(line))
    except (ValueError, RecursionError):
        return None
    if not is_event(found):
        return None
    return Event(
        kind=cast(str, found["event"]),
        run=cast(str, found["run"]),
        step=cast("str | None", found.get("step")),
        item=cast("str | None", found.get("item")),
        attempt=cast("str | None", found.get("attempt")),
        writer=cast(str, found["writer"]),
        seq=cast(int, found["seq"]),
        time=cast(int, found["time"]),
        fields=found,
        text=line,
    )


def is_event(found: Json) -> TypeGuard[dict[str, Json]]:
    return (
        isinstance(found, dict)
        and found.get("v") == FORMAT
        and all(isinstance(found.get(key), str) for key in _TEXTS)
        and all(isinstance(found.get(key), str | None) for key in _TEXTS_OR_NULL)
        and all(_is_count(found.get(key)) for key in _NUMBERS)
    )


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
