"""One line of an event log: `docs/internals/runtime.md` section 8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeGuard, cast

from pipeglot.ir import Json
from pipeglot_records.model.keepable import is_measure, readable

FORMAT = 1
REMARKS = frozenset({"param", "tag", "note", "captured"})
_BULK = frozenset({"metric", "heartbeat"})

Fields: TypeAlias = Mapping[str, Json]

_TEXTS = ("event", "run", "writer")
_TEXTS_OR_NULL = ("step", "item", "attempt")
_END = 2**63
OURS = "pipeglot"
"""The name of notes that say what could not be recorded."""
LONGEST_NAME = 250
LONGEST_ID = 1000


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
    def is_bulk(self) -> bool:
        """Of a kind that can be many and never changes a state: kept out of what is folded again and again."""
        return self.kind in _BULK or self.is_remark

    @property
    def is_remark(self) -> bool:
        """What the step's own code said."""
        return self.attempt is not None and self.kind in REMARKS

    @property
    def order(self) -> tuple[int, str, int]:
        return (self.time, self.writer, self.seq)


def parse(line: str) -> Event | None:
    """None for a line that is no event of this format: torn, foreign, or of a later version.

    What no store keeps is replaced in it, and what measures nothing is a note: the same whenever the line is read.
    """
    found = readable(line)
    if not is_event(found):
        return None
    event = Event(
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
    fault = _fault(event) if event.kind == "metric" or event.is_remark else None
    return noted(event, fault) if fault else event


def noted(event: Event, fault: str) -> Event:
    """A note in the place of an event, which says why it is not there."""
    fields: Fields = {"name": OURS, "value": f"an event `{event.kind[:20]}` is not kept: {fault}"}
    return replace(event, kind="note", fields={**event.fields, **fields})


def _fault(event: Event) -> str | None:
    name = event.fields.get("name")
    if not isinstance(name, str) or not name:
        return "it has no name"
    if len(name) > LONGEST_NAME:
        return f"its name is longer than {LONGEST_NAME} characters"
    if event.kind == "metric" and not is_measure(event.fields.get("value")):
        return f"the value of `{name}` is no number that is kept"
    return None


def is_event(found: Json) -> TypeGuard[dict[str, Json]]:
    if not isinstance(found, dict) or found.get("v") != FORMAT:
        return False
    get = found.get
    return (
        _is_count(get("seq"))
        and _is_count(get("time"))
        and all(map(_is_id, map(get, _TEXTS)))
        and all(map(_is_id_or_null, map(get, _TEXTS_OR_NULL)))
    )


def _is_count(found: Json) -> bool:
    return type(found) is int and 0 <= found < _END


def _is_id(found: Json) -> bool:
    return isinstance(found, str) and len(found) <= LONGEST_ID


def _is_id_or_null(found: Json) -> bool:
    return found is None or _is_id(found)
