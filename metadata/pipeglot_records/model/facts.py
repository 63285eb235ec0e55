"""What the events of one run say, put together: the same facts in whatever order the events arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pipeglot.ir import Json
from pipeglot_records.model.events import Event, Fields
from pipeglot_records.model.json_values import integer, mapping, text

Place: TypeAlias = tuple[str, str | None]
"""A step run: the step's id, and the item's index in a fan-out."""

NOTHING: Fields = {}


@dataclass(slots=True)
class Attempt:
    """One start of a step's command. `ended` is None while it runs, and for ever when it was lost."""

    id: str
    step: str
    item: str | None
    started: int
    start: Fields = field(default_factory=lambda: NOTHING)
    ended: int | None = None
    end: Fields = field(default_factory=lambda: NOTHING)
    outputs: dict[str, Fields] = field(default_factory=dict[str, Fields])

    @property
    def state(self) -> str | None:
        return text(self.end.get("state"))

    @property
    def reason(self) -> str | None:
        return text(self.end.get("reason"))


@dataclass(frozen=True, slots=True)
class Word:
    """A decision that needed no attempt."""

    time: int
    state: str
    reason: str | None
    message: str | None
    items: int | None = None
    item_value: Fields = field(default_factory=lambda: NOTHING)


@dataclass(slots=True)
class Facts:
    """`words` are decisions about steps and items, `lists` those of the list tasks of fan-outs."""

    run: str
    head: Fields = field(default_factory=lambda: NOTHING)
    first: int | None = None
    seen: int = 0
    started: int | None = None
    cancelled: int | None = None
    """When somebody first asked to cancel it: that says nothing yet of how it ends."""
    ended: int | None = None
    end: Fields = field(default_factory=lambda: NOTHING)
    by_id: dict[str, Attempt] = field(default_factory=dict[str, Attempt])
    words: dict[Place, Word] = field(default_factory=dict[Place, Word])
    lists: dict[str, Word] = field(default_factory=dict[str, Word])
    notes: dict[Place, dict[str, Json]] = field(default_factory=dict[Place, dict[str, Json]])
    """What an engine noted about a step run, beside what the step itself did."""

    @property
    def over(self) -> bool:
        return self.ended is not None

    def attempts(self) -> Mapping[Place, tuple[Attempt, ...]]:
        """Of each step run its attempts, in the order they started."""
        found: dict[Place, list[Attempt]] = {}
        for attempt in sorted(self.by_id.values(), key=_order):
            found.setdefault((attempt.step, attempt.item), []).append(attempt)
        return {place: tuple(attempts) for place, attempts in found.items()}


def _order(attempt: Attempt) -> tuple[int, int, str]:
    """By the engine's own number, where it has one: clocks go back."""
    return (integer(attempt.start.get("number")) or 0, attempt.started, attempt.id)


def fold(run: str, events: Iterable[Event]) -> Facts:
    """Where two events say the same thing, the later one is believed."""
    facts = Facts(run)
    for event in sorted(events, key=lambda one: one.order):
        facts.first = event.time if facts.first is None else facts.first
        facts.seen = max(facts.seen, event.time)
        take = _TAKE.get(event.kind)
        if take is not None:
            take(facts, event)
    return facts


def _attempt(facts: Facts, event: Event) -> Attempt | None:
    if event.attempt is None or event.step is None:
        return None
    known = facts.by_id.get(event.attempt)
    if known is None:
        known = facts.by_id[event.attempt] = Attempt(event.attempt, event.step, event.item, event.time)
    return known


def _start(facts: Facts, event: Event) -> None:
    attempt = _attempt(facts, event)
    if attempt is not None:
        attempt.started, attempt.start = event.time, event.fields


def _end(facts: Facts, event: Event) -> None:
    attempt = _attempt(facts, event)
    if attempt is not None:
        attempt.ended, attempt.end = event.time, event.fields


def _output(facts: Facts, event: Event) -> None:
    attempt, name = _attempt(facts, event), text(event.fields.get("name"))
    if attempt is not None and name is not None:
        attempt.outputs[name] = event.fields


def _note(facts: Facts, event: Event) -> None:
    """Of an engine; those of a step itself have a table of their own."""
    name = text(event.fields.get("name"))
    if name is not None and event.step is not None and event.attempt is None:
        facts.notes.setdefault((event.step, event.item), {})[name] = event.fields.get("value")


def _decided(facts: Facts, event: Event) -> None:
    state = text(event.fields.get("state"))
    if event.step is None or state is None:
        return
    word = Word(
        time=event.time,
        state=state,
        reason=text(event.fields.get("reason")),
        message=text(event.fields.get("message")),
        items=integer(event.fields.get("items")),
        item_value=mapping(event.fields.get("item_value")),
    )
    if event.fields.get("list") is True:
        facts.lists[event.step] = word
    else:
        facts.words[event.step, event.item] = word


def _run(facts: Facts, event: Event) -> None:
    facts.head = {**facts.head, **event.fields}
    facts.started = event.time if facts.started is None else facts.started


def _cancel(facts: Facts, event: Event) -> None:
    facts.cancelled = event.time if facts.cancelled is None else facts.cancelled


def _run_end(facts: Facts, event: Event) -> None:
    facts.ended, facts.end = event.time, event.fields


_TAKE: Mapping[str, Callable[[Facts, Event], None]] = {
    "start": _start,
    "output": _output,
    "note": _note,
    "end": _end,
    "decided": _decided,
    "run": _run,
    "cancel": _cancel,
    "run-end": _run_end,
}
