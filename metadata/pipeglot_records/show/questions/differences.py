"""`pipeglot diff`: what differs between two runs, and first what could have changed the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.model.json_values import mapping, read, sequence, text
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.show import run as showing
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import definitions

PLACES: Final = ("steps", "on_exit")


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is what it is of, `place` whose; None stands for what is not there."""

    kind: str
    place: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Differences:
    """`causes` could have changed the result, `effects` are what came out otherwise. Each in the order of the runs."""

    before: Mapping[str, Json]
    after: Mapping[str, Json]
    causes: tuple[Change, ...] = ()
    effects: tuple[Change, ...] = ()


@dataclass(slots=True)
class _Side:
    """One of the two runs, laid out by names."""

    run: Mapping[str, Json]
    definition: Mapping[str, Json]
    places: dict[str, Mapping[str, Json]] = field(default_factory=dict[str, "Mapping[str, Json]"])


def differences(store: Store, before: str, after: str, vital: Vital = NOBODY) -> Differences:
    """Of two runs by their whole ids."""
    one, other = (_side(store, run, vital) for run in (before, after))
    return Differences(one.run, other.run, tuple(_causes(one, other)), tuple(_effects(one, other)))


def as_json(found: Differences) -> dict[str, Json]:
    return {
        "before": found.before["run"],
        "after": found.after["run"],
        "causes": [_change(change) for change in found.causes],
        "effects": [_change(change) for change in found.effects],
    }


def _change(change: Change) -> Json:
    return {"kind": change.kind, "place": change.place, "before": change.before, "after": change.after}


def _side(store: Store, run: str, vital: Vital) -> _Side:
    found = showing.as_json(store, run, vital)
    query = sql.select(definitions.c.body).where(definitions.c.hash == text(found["definition"]))
    with store.reading() as connection:
        body = mapping(read(connection.scalar(query)))
    side = _Side(found, body)
    for step in sequence(found["steps"]):
        entry = mapping(step)
        name = str(entry.get("step"))
        side.places[name] = entry
        for item in sequence(entry.get("items")):
            side.places[f"{name}[{mapping(item).get('item')}]"] = mapping(item)
    return side


def _causes(one: _Side, other: _Side) -> Iterator[Change]:
    for name in ("pipeline", "target", "profile"):
        yield from _differing(name, "", one.run.get(name), other.run.get(name))
    yield from _entries("param", "", mapping(one.run.get("params")), mapping(other.run.get("params")))
    for part in PLACES:
        yield from _steps(mapping(one.definition.get(part)), mapping(other.definition.get(part)))
    for name in ("max_parallel", "fail_fast", "deadline"):
        yield from _differing("pipeline", name, one.definition.get(name), other.definition.get(name))
    yield from _entries("data", "", _from_outside(one), _from_outside(other))
    yield from _differing("sidecar", "", _sidecars(one), _sidecars(other))


def _from_outside(side: _Side) -> dict[str, Json]:
    """What the last attempts were brought, by what it holds."""
    inputs = {name: mapping(_last(place).get("inputs")) for name, place in side.places.items()}
    return {
        f"{name}.{port}": _held(mapping(entry))
        for name, entries in inputs.items()
        for port, entry in entries.items()
        if "uri" in mapping(entry)
    }


def _steps(one: Mapping[str, Json], other: Mapping[str, Json]) -> Iterator[Change]:
    for name in dict.fromkeys([*one, *other]):
        if name not in one or name not in other:
            yield Change("step", name, "there" if name in one else None, "there" if name in other else None)
            continue
        before, after = mapping(one[name]), mapping(other[name])
        for part in dict.fromkeys([*before, *after]):
            yield from _differing("step", f"{name}: {part}", before.get(part), after.get(part))


def _sidecars(side: _Side) -> Json:
    found = {str(mapping(one).get("sidecar"))[:12] for place in side.places.values() for one in _attempts(place)}
    return " ".join(sorted(found)) or None


def _effects(one: _Side, other: _Side) -> Iterator[Change]:
    yield from _differing("run", "", one.run.get("state"), other.run.get("state"))
    for name in dict.fromkeys([*one.places, *other.places]):
        before, after = one.places.get(name, {}), other.places.get(name, {})
        yield from _differing("state", name, _state(before), _state(after))
        last, now = _last(before), _last(after)
        if not last or not now:
            # what was never started left nothing, and its state says so
            continue
        yield from _entries("output", name, _outputs(last), _outputs(now))
        yield from _entries("metric", name, _metrics(last), _metrics(now))
        yield from _differing("attempts", name, len(_attempts(before)), len(_attempts(after)))


def _entries(kind: str, place: str, one: Mapping[str, Json], other: Mapping[str, Json]) -> Iterator[Change]:
    for name in dict.fromkeys([*one, *other]):
        where = f"{place}.{name}" if place else name
        yield from _differing(kind, where, _told(one.get(name)), _told(other.get(name)))


def _differing(kind: str, place: str, before: Json, after: Json) -> Iterator[Change]:
    if before != after or type(before) is not type(after):
        yield Change(kind, place, before, after)


def _told(entry: Json) -> Json:
    """A recorded value as itself. Two that are redacted are not known to differ."""
    found = mapping(entry)
    if not found:
        return entry
    return "(redacted)" if found.get("redacted") is True else found.get("value", entry)


def _state(place: Mapping[str, Json]) -> Json:
    state, reason = text(place.get("state")), text(place.get("reason"))
    return f"{state}, {reason}" if state and reason else state


def _attempts(place: Mapping[str, Json]) -> list[Json]:
    return sequence(place.get("attempts"))


def _last(place: Mapping[str, Json]) -> Mapping[str, Json]:
    tries = _attempts(place)
    return mapping(tries[-1]) if tries else {}


def _outputs(attempt: Mapping[str, Json]) -> dict[str, Json]:
    """A value as it is recorded, an artifact by what it holds: where it lies is not what it is."""
    found: dict[str, Json] = {}
    for name, entry in mapping(attempt.get("outputs")).items():
        found[name] = _held(mapping(entry)) or entry
    return found


def _held(entry: Mapping[str, Json]) -> str | None:
    return " ".join(f"{kind}:{value}" for kind, value in mapping(entry.get("digest")).items()) or text(entry.get("uri"))


def _metrics(attempt: Mapping[str, Json]) -> dict[str, Json]:
    return {name: mapping(entry).get("value") for name, entry in mapping(attempt.get("metrics")).items()}
