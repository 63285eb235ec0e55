"""`pipeglot why`: which part of what goes into a step's work differs between two runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeglot.ir import Json
from pipeglot_records.faults import RecordsFault
from pipeglot_records.model.json_values import mapping, text
from pipeglot_records.model.run_view import RunView
from pipeglot_records.show.formatting import shortened
from pipeglot_records.store.database import Store
from pipeglot_records.store.runs import load

LOOKED_AT = 50
DIGITS = 12
LONGEST = 60
"""Letters of a value."""
GONE = "nothing"
HINT = "steps with `cache` have one, of runs in which they were about to start"


class NoKey(RecordsFault):
    """A step whose work is not kept, or a run that did not get so far."""

    code = "PG583"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a key differs, and how it is told of either run."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """A step, or one of its items. `taken` is the run whose work stood for it."""

    name: str
    parts: tuple[Part, ...]
    taken: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    step: str
    before: str
    after: str
    places: tuple[Place, ...]


def answer(store: Store, step: str, named: Sequence[str]) -> Answer:
    """Of two runs, or of one and the one before it; the newest where none is named. Raises `RecordsFault`."""
    if len(named) > 1:
        before, after = (load(store, store.find_run(name)) for name in named[:2])
    else:
        after, before = _last_two(store, step, named[0] if named else None)
    for run in (before, after):
        if not any(_keys(run, step)):
            raise NoKey(f"the run `{run.facts.run}` has no key of `{step}`", HINT)
    return _compared(step, before, after)


def _last_two(store: Store, step: str, name: str | None) -> tuple[RunView, RunView]:
    newest = store.find_run(name) if name else None
    found: list[RunView] = []
    for run in store.newest_from(newest, LOOKED_AT):
        picture = load(store, run)
        alike = not found or picture.definition.pipeline == found[0].definition.pipeline
        if alike and any(_keys(picture, step)):
            found.append(picture)
        if len(found) == 2:
            return found[0], found[1]
    raise NoKey(f"there are no two runs with a key of `{step}`", HINT)


def _keys(run: RunView, step: str) -> Iterator[tuple[str | None, Mapping[str, Json]]]:
    """Of the step and of its items the `start` that says what went into it."""
    found = run.steps.get(step)
    for place in (found, *(found.items or ())) if found else ():
        start: Mapping[str, Json] = place.last.start if place.last else {}
        if "cache" in start:
            yield place.item, start


def _compared(step: str, before: RunView, after: RunView) -> Answer:
    then = dict(_keys(before, step))
    places = tuple(
        Place(
            step if item is None else f"{step}[{item}]",
            tuple(_differing((before, then[item]), (after, start))),
            text(mapping(start.get("reused")).get("run")),
        )
        for item, start in _keys(after, step)
        if item in then
    )
    return Answer(step, before.facts.run, after.facts.run, places)


def _differing(before: tuple[RunView, Mapping[str, Json]], after: tuple[RunView, Mapping[str, Json]]) -> Iterator[Part]:
    was, now = (mapping(mapping(start["cache"]).get("parts")) for _, start in (before, after))
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            yield Part(name, _told(name, was.get(name), *before), _told(name, now.get(name), *after))


def _told(name: str, part: Json, run: RunView, start: Mapping[str, Json]) -> str:
    """The value, where the record has it; else how its hash begins."""
    if part is None:
        return GONE
    kind, _, inner = name.partition(".")
    where = {"inputs": start.get("inputs"), "params": run.facts.head.get("params")}
    entry = mapping(mapping(where.get(kind)).get(inner))
    if "value" in entry:
        return shortened(json.dumps(entry["value"], ensure_ascii=False), LONGEST)
    return str(part)[:DIGITS]


def as_json(found: Answer) -> Json:
    return {
        "step": found.step,
        "before": found.before,
        "after": found.after,
        "places": [
            {
                "place": place.name,
                "taken_from": place.taken,
                "differs": {part.name: {"before": part.before, "after": part.after} for part in place.parts},
            }
            for place in found.places
        ],
    }


def page(found: Answer) -> str:
    lines = [f"{found.before} → {found.after}"]
    for place in found.places:
        if place.parts:
            lines.append(f"{place.name}: another key, since these differ")
            width = max(len(part.name) for part in place.parts)
            lines += [f"  {part.name:<{width}}  {part.before} → {part.after}" for part in place.parts]
        elif place.taken:
            lines.append(f"{place.name}: the same key, and not started: run {place.taken} has done it")
        else:
            lines.append(f"{place.name}: the same key, and started: nothing was kept of it, or it was to be done anew")
    return "\n".join(lines) + "\n"
