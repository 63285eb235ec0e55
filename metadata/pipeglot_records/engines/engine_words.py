"""What an engine says of a run, its steps and items, as events: of some of them nobody else is left to speak."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from pipeglot.ir import Json
from pipeglot.rendering.redaction import redacted, remember
from pipeglot.run_events import RunEvents
from pipeglot_backends.remote.protocol import Access, Collected, Said
from pipeglot_expression.runtime.identity import attempt_id
from pipeglot_records.model.facts import Facts
from pipeglot_records.model.json_values import text

NOTE = "engine"
"""The name under which an engine's message on a step is noted."""


def learn(hidden: Iterable[str], params: Mapping[str, Json]) -> None:
    """The values of the sensitive params, by name, as the engine tells them: from now on they are covered."""
    for name in hidden:
        if name in params:
            remember(*_readings(params[name]))


def covered(found: Collected) -> Collected:
    """What goes into a store is covered before: who looks there knows none of the values."""
    said = tuple(replace(each, message=_covered(each.message)) for each in found.said)
    return replace(found, message=_covered(found.message), said=said)


def note(access: Access, run: str, facts: Facts, definition: str | None, said: Sequence[Said]) -> None:
    """Writes the messages, and a start for each command that ran and left no record: its end follows from the run's."""
    recorded = {(one.step, one.item) for one in facts.by_id.values()}
    spoken = {*recorded, *facts.words}
    with RunEvents(access.folder, run, "engine", clock=time.time_ns) as events:
        for each in said:
            if each.message:
                events.write("note", step=each.step, item=each.item, name=NOTE, value=each.message)
    for each in said:
        if each.began is not None and definition and (each.step, each.item) not in spoken:
            _start(access, facts, definition, each)


def _start(access: Access, facts: Facts, definition: str, said: Said) -> None:
    assert said.began is not None
    at, run, engine = int(said.began.timestamp() * 10**9), facts.run, text(facts.head.get("target")) or ""
    fields: dict[str, Json] = {"number": said.number, "definition": definition, "argv": [], "inputs": {}}
    attempt = attempt_id(run, said.step, None if said.item is None else int(said.item), said.number)
    with RunEvents(access.folder, run, "engine", clock=lambda: at) as events:
        events.write("start", step=said.step, item=said.item, attempt=attempt, engine=engine, lineage=[], **fields)


def _covered(message: str | None) -> str | None:
    return None if message is None else redacted(message)


def _readings(value: Json) -> Iterator[Json]:
    """The value as it came, and as it is meant: engines hold many as JSON in a text, and numbers as doubles."""
    yield value
    if isinstance(value, str):
        with suppress(ValueError):
            meant = json.loads(value)
            yield from _readings(meant) if meant != value else ()
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _readings(part)
    elif isinstance(value, float) and value.is_integer():
        yield int(value)
