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
_TEXT_OR_NULL = (str, type(None))
_END = 2**63


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
    if not isinstance(found, dict) or found.get("v") != FORMAT:
        return False
    seq, time = found.get("seq"), found.get("time")
    return (
        type(seq) is int
        and type(time) is int
        and 0 <= seq < _END
        and 0 <= time < _END
        and all(isinstance(found.get(key), str) for key in _TEXTS)
        and all(isinstance(found.get(key), _TEXT_OR_NULL) for key in _TEXTS_OR_NULL)
    )
