"""Where events arrive: lines of a request into the store, all of it in one transaction or nothing."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.faults import DefinitionFault, RecordsFault
from pipeglot_records.model import events as wire
from pipeglot_records.model import json_values
from pipeglot_records.server.limits import Limits
from pipeglot_records.server.refusal import Refused
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.refusals import owners_of, record_all

BATCH: Final = 5000
"""Events that the tables are brought up to date with at a time."""
NO_EVENT: Final = "it is no event: schema `pipeglot schema event`"
NOT_ITS: Final = "its attempt is one of another run"
NO_RUN: Final = "its run is no id: letters, digits, `.`, `_` and `-`, 100 at most"

Body: TypeAlias = Callable[[], bytes]
"""What was sent, once somebody unpacks it. Raises `Refused`."""

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_OF_VALUES = (ValueError, ArithmeticError, TypeError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Read:
    """The lines of one request; `lines` are the numbers of those that are events."""

    events: list[wire.Event]
    refused: list[Json]
    lines: list[int]


@dataclass(slots=True, eq=False)
class Parcel:
    """A request that waits for the writer, and what became of it."""

    body: Body
    outcome: Json | Exception = None


@dataclass(slots=True)
class Queue:
    """Requests that came while the writer was busy: it takes them in one transaction, each answered for itself."""

    store: Store
    limits: Limits
    waiting: deque[Parcel] = field(default_factory=deque[Parcel])

    def add(self, body: Body) -> Callable[[], Json]:
        """What the writer has to do for it, in the order in which they were added."""
        parcel = Parcel(body)
        self.waiting.append(parcel)
        return lambda: self._settled(parcel)

    def _settled(self, parcel: Parcel) -> Json:
        while parcel.outcome is None:
            self._some()
        if isinstance(parcel.outcome, Exception):
            raise parcel.outcome
        return parcel.outcome

    def _some(self) -> None:
        group: list[tuple[Parcel, Read]] = []
        while self.waiting and sum(len(read.events) for _, read in group) < BATCH:
            parcel = self.waiting.popleft()
            try:
                group.append((parcel, _lines_of(parcel.body(), self.limits)))
            except Exception as fault:
                parcel.outcome = fault
        answers = self._answers([read for _, read in group])
        for (parcel, _), answer in zip(group, answers, strict=True):
            parcel.outcome = answer

    def _answers(self, requests: list[Read]) -> Sequence[Json | Exception]:
        try:
            return _kept(self.store, requests)
        except RecordsFault as fault:
            return [fault] * len(requests)
        except Exception as fault:
            # what is wrong with one of them is no reason to refuse the others
            alone = requests if len(requests) > 1 else []
            return [answer for read in alone for answer in self._answers([read])] or [fault]


def take(store: Store, body: bytes, limits: Limits) -> Json:
    """How many were new, how many were there already, and which lines are none. Raises `Refused`, `RecordsFault`."""
    return _kept(store, [_lines_of(body, limits)])[0]


def _lines_of(body: bytes, limits: Limits) -> Read:
    """Raises `Refused`."""
    if body.count(b"\n") >= limits.lines:
        raise Refused(413, f"the body has more than {limits.lines:,} lines", "send it in parts")
    events: list[wire.Event] = []
    refused: list[Json] = []
    lines: list[int] = []
    for number, line in enumerate(_lines(body), 1):
        found = _read(line, limits) if line.strip() else None
        if isinstance(found, str):
            refused.append({"line": number, "why": found})
        elif found is not None:
            events.append(found)
            lines.append(number)
    if len({event.run for event in events}) > limits.runs:
        raise Refused(413, f"the body is of more than {limits.runs:,} runs", "send it in parts")
    return Read(events, refused, lines)


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


def _kept(store: Store, requests: Sequence[Read]) -> list[Json]:
    """The answer to each: what two of them bring is new in the first."""
    new: set[tuple[str, str, int]] = set()
    if any(read.events for read in requests):
        with store.writing() as connection:
            requests = _apart(connection, requests)
            events = [event for read in requests for event in read.events]
            for at in range(0, len(events), BATCH):
                new.update(map(_key, record_all(connection, events[at : at + BATCH])))
    answers: list[Json] = []
    for read in requests:
        mine = new.intersection(map(_key, read.events))
        new -= mine
        answers.append({"new": len(mine), "known": len(read.events) - len(mine), "refused": read.refused})
    return answers


def _apart(connection: sql.Connection, requests: Sequence[Read]) -> list[Read]:
    """Without events that speak of an attempt of another run: they would stand in the place of that run's own."""
    owners = owners_of(connection, [event for read in requests for event in read.events])
    found: list[Read] = []
    for read in requests:
        kept = Read([], [*read.refused], [])
        for event, line in zip(read.events, read.lines, strict=True):
            if owners.get(event.attempt or "", event.run) == event.run:
                kept.events.append(event)
                kept.lines.append(line)
            else:
                kept.refused.append({"line": line, "why": NOT_ITS})
        kept.refused.sort(key=_line)
        found.append(kept)
    return found


def _line(refused: Json) -> int:
    return json_values.integer(json_values.mapping(refused).get("line")) or 0


def _key(event: wire.Event) -> tuple[str, str, int]:
    return event.run, event.writer, event.seq
