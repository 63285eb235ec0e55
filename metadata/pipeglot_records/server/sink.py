"""Where events arrive: lines of a request into the store, all of it in one transaction or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeglot.ir import Json
from pipeglot_records.faults import DefinitionFault
from pipeglot_records.model import events as wire
from pipeglot_records.model import json_values
from pipeglot_records.server.limits import Limits
from pipeglot_records.server.refusal import Refused
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.refusals import record_all

BATCH: Final = 5000
"""Events that the tables are brought up to date with at a time."""
NO_EVENT: Final = "it is no event: schema `pipeglot schema event`"
NO_RUN: Final = "its run is no id: letters, digits, `.`, `_` and `-`, 100 at most"

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_OF_VALUES = (ValueError, ArithmeticError, TypeError, LookupError, AttributeError, RecursionError)


def take(store: Store, body: bytes, limits: Limits) -> Json:
    """How many were new, how many were there already, and which lines are none. Raises `Refused`, `RecordsFault`."""
    if body.count(b"\n") >= limits.lines:
        raise Refused(413, f"the body has more than {limits.lines:,} lines", "send it in parts")
    events: list[wire.Event] = []
    refused: list[Json] = []
    for number, line in enumerate(_lines(body), 1):
        found = _read(line, limits) if line.strip() else None
        if isinstance(found, str):
            refused.append({"line": number, "why": found})
        elif found is not None:
            events.append(found)
    if len({event.run for event in events}) > limits.runs:
        raise Refused(413, f"the body is of more than {limits.runs:,} runs", "send it in parts")
    new = _kept(store, events)
    return {"new": new, "known": len(events) - new, "refused": refused}


def define(store: Store, body: bytes) -> Json:
    """Raises `Refused`, `RecordsFault`."""
    try:
        return {"definition": store.register(body.decode("ascii"))}
    except DefinitionFault as fault:
        raise Refused(400, fault.diagnostics[0].message) from None
    except _OF_VALUES as fault:
        raise Refused(400, f"the definition is not as `compile` wrote it: {type(fault).__name__}") from None


def _lines(body: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        yield body[start:end]
        start = end + 1


def _read(line: bytes, limits: Limits) -> wire.Event | str:
    """An event, or why it is none."""
    if len(line) > limits.line:
        return f"it is longer than {limits.line:,} bytes"
    event = wire.parse(line.decode("utf-8", "replace").strip())
    if event is None:
        return NO_EVENT
    return _from_afar(event) if _RUN.fullmatch(event.run) else NO_RUN


def _from_afar(event: wire.Event) -> wire.Event:
    """A folder is one of the sender's machine: what looks after runs of this one must not be led anywhere by it."""
    native = json_values.mapping(event.fields.get("native"))
    if event.kind != "run" or "folder" not in native:
        return event
    fields = {**event.fields, "native": {name: value for name, value in native.items() if name != "folder"}}
    return replace(event, fields=fields, text=json.dumps(fields, separators=(",", ":")))


def _kept(store: Store, events: list[wire.Event]) -> int:
    if not events:
        return 0
    with store.writing() as connection:
        return sum(record_all(connection, events[at : at + BATCH]) for at in range(0, len(events), BATCH))
