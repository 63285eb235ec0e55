"""A run that is looked at again and again: what is to be seen of its steps and items, and what became of them since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from itertools import groupby
from operator import attrgetter

from pipeglot.ir import Json
from pipeglot_expression.runtime.contract import FAILED, KEPT, SUCCEEDED
from pipeglot_records.model.json_values import mapping, sequence, text
from pipeglot_records.model.run_view import OPEN, PENDING
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import MARKS, SECOND, counted, duration, ending, figure, shortened
from pipeglot_records.show.item_names import told_apart

FEW = 6
"""Items that have a line each; of a larger fan-out so many of those that run or failed."""
METRICS = 3
NARROW, WIDE = 16, 40
NOTHING = (PENDING, 1, None)
"""What is to be said of a step that waits."""


@dataclass(frozen=True, slots=True)
class Place:
    """A step, or one of its items. `why` is the reason with its code; `said` is the engine's, before a record."""

    step: str
    item: str | None
    name: str
    state: str
    reason: str | None
    why: str | None
    started: str | None
    ended: str | None
    attempts: int
    items: str = ""
    metrics: tuple[tuple[str, Json], ...] = ()
    said: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def word(self) -> tuple[str, int, str | None]:
        return self.state, max(1, self.attempts), self.said

    def took(self, now: str) -> str:
        """Until now, where it goes on."""
        return between(self.started, self.ended or (now if self.is_open else None)) if self.state != PENDING else ""

    @property
    def status(self) -> str:
        shown = f"{self.state}, {self.why}" if self.why and self.state != SUCCEEDED else self.state
        return f"{shown}; the engine says: {shortened(self.said, WIDE)}" if self.said else shown

    def as_json(self) -> dict[str, Json]:
        """What changes of it by itself; of a fan-out its items say the rest."""
        found = asdict(self)
        return {name: found[name] for name in ("step", "item", "name", "state", "reason", "started", "ended", "said")}


def places(picture: Mapping[str, Json], words: Mapping[str, str]) -> list[Place]:
    """Of a run as `show --format json` has it; `words` are the engine's, by its tasks."""
    return [place for step in sequence(picture.get("steps")) for place in _of_step(mapping(step), words)]


def changed(before: Sequence[Place], after: Sequence[Place]) -> Iterator[Place]:
    """What is of another state now, in order; what waits was nothing yet."""
    known = {(place.step, place.item): place.word for place in before}
    for place in after:
        if known.get((place.step, place.item), NOTHING) != place.word:
            yield place


def line(place: Place) -> str:
    took = between(place.started, place.ended) if not place.is_open else ""
    again = f", attempt {place.attempts}" if place.is_open and place.attempts > 1 else ""
    return f"{shortened(place.name, 2 * WIDE)}: {place.status}{again}" + (f" in {took}" if took else "")


def table(found: Sequence[Place], room: int) -> list[tuple[str, str]]:
    """Lines with the states that they tell, no more than there is room for: first those that run, and that failed."""
    now, listed = datetime.now(timezone.utc).isoformat(), list(_listed(found))
    kept = listed if len(listed) <= room else _first(listed, max(1, room - 1))
    lines = aligned([_row(place, now) for place in kept], right=frozenset({2}))
    left = len(listed) - len(kept)
    more = [(f"… and {counted(left, 'more line')}", "")] if left else []
    return [*zip(lines, [place.state for place in kept], strict=True), *more]


def between(started: Json, ended: Json) -> str:
    """The time from one moment to the other, both as JSON has them; nothing where one is not known."""
    if not (isinstance(started, str) and isinstance(ended, str)):
        return ""
    return duration(max(0, int((_moment(ended) - _moment(started)).total_seconds() * SECOND)))


def _of_step(step: Mapping[str, Json], words: Mapping[str, str]) -> Iterator[Place]:
    name = text(step.get("step")) or "?"
    if step.get("items") is None:
        yield _place(name, step, name, None, words)
        return
    items = [mapping(item) for item in sequence(step.get("items"))]
    kept = sum(item.get("state") in KEPT for item in items)
    counts = f"{kept} of {counted(len(items), 'item')}" if items else ""
    tries = [mapping(one) for item in items for one in sequence(item.get("attempts"))]
    began = min((when for one in tries if (when := text(one.get("started")))), default=None)
    ended = max((when for one in tries if (when := text(one.get("ended")))), default=None)
    state, reason, why = _outcome(step, {})
    said = words.get(name) if state == PENDING else None
    ended = None if state in OPEN else ended
    yield Place(name, None, name, state, reason, why, began, ended, 0, counts, (), said)
    names = told_apart({str(item.get("item")): mapping(item.get("item_value")) for item in items})
    for item in items:
        number = str(item.get("item"))
        yield _place(name, item, f"{name}[{names[number]}]", number, words)


def _place(step: str, found: Mapping[str, Json], name: str, item: str | None, words: Mapping[str, str]) -> Place:
    tries = [mapping(one) for one in sequence(found.get("attempts"))]
    last: Mapping[str, Json] = tries[-1] if tries else {}
    state, reason, why = _outcome(found, last)
    metrics = tuple((key, mapping(metric).get("value")) for key, metric in mapping(last.get("metrics")).items())
    ended = text(last.get("ended")) if state not in OPEN else None
    said = words.get(name) if state == PENDING and item is None else None
    return Place(step, item, name, state, reason, why, text(last.get("started")), ended, len(tries), "", metrics, said)


def _outcome(found: Mapping[str, Json], last: Mapping[str, Json]) -> tuple[str, str | None, str | None]:
    reason = text(found.get("reason"))
    return text(found.get("state")) or PENDING, reason, ending(reason, last) or None


def _listed(found: Sequence[Place]) -> Iterator[Place]:
    for _, group in groupby(found, key=attrgetter("step")):
        step, *items = group
        yield step
        few = len(items) <= FEW
        yield from items if few else [item for item in items if item.state in ("running", FAILED)][:FEW]


def _first(listed: Sequence[Place], room: int) -> list[Place]:
    """As they stand, and those alone that matter most now."""
    ranks = {"running": 0, "unknown": 0, FAILED: 1, PENDING: 3}
    best = sorted(range(len(listed)), key=lambda at: (ranks.get(listed[at].state, 2), at))[:room]
    return [listed[at] for at in sorted(best)]


def _row(place: Place, now: str) -> tuple[str, str, str, str]:
    lead = "  " if place.item is not None else ""
    name = shortened(place.name.removeprefix(place.step) if place.item is not None else place.name, WIDE)
    tries = counted(place.attempts, "attempt") if place.attempts > 1 else ""
    metrics = [f"{shortened(key, NARROW)}={_told(value)}" for key, value in place.metrics[:METRICS]]
    rest = "  ".join(filter(None, [place.items, tries, *metrics]))
    return f"{lead}{MARKS.get(place.state, '?')[0]} {name}", place.status, place.took(now), rest


def _told(value: Json) -> str:
    return figure(value) if isinstance(value, int | float) else shortened(str(value), NARROW)


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told.replace("Z", "+00:00"))
