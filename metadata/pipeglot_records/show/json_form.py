"""A run as JSON, whole: `docs/reference/record.md` says what each key holds."""

from __future__ import annotations

from pipeglot.ir import Json
from pipeglot_records.model.digests import Digests, digests
from pipeglot_records.model.events import Fields
from pipeglot_records.model.facts import Facts
from pipeglot_records.model.json_values import integer, mapping, number, sequence, text
from pipeglot_records.model.keepable import measure_told
from pipeglot_records.model.lineage import edges
from pipeglot_records.model.run_view import RunView, StepRun, Try
from pipeglot_records.show.formatting import instant
from pipeglot_records.show.logs import log_of
from pipeglot_records.store.details import Details, Metric

FORMAT = 1


def json_form(picture: RunView, details: Details) -> dict[str, Json]:
    facts, head, known = picture.facts, picture.facts.head, digests(picture)
    started = facts.started if facts.started is not None else facts.first
    return {
        "format": FORMAT,
        "run": facts.run,
        "pipeline": picture.definition.pipeline,
        "definition": text(head.get("definition")),
        "state": picture.state,
        "message": text(facts.end.get("message")),
        "started": _instant(started),
        "ended": _instant(facts.ended),
        "seen": _instant(facts.seen or None),
        "target": text(head.get("target")),
        "profile": text(head.get("profile")),
        "native": dict(mapping(head.get("native"))),
        "params": {name: dict(mapping(entry)) for name, entry in mapping(head.get("params")).items()},
        "steps": [_step(step, facts, details, known) for step in picture.steps.values()],
        "lineage": [list(edge) for edge in edges(picture)],
    }


def _step(place: StepRun, facts: Facts, details: Details, known: Digests) -> dict[str, Json]:
    entry: dict[str, Json] = {
        "state": place.state,
        "reason": place.reason,
        "derived": place.outcome.derived,
        "message": place.outcome.message,
        "notes": dict(facts.notes.get((place.definition.id, place.item), {})),
    }
    if place.item is None:
        entry |= {"step": place.definition.id, "on_exit": place.definition.on_exit}
    else:
        entry |= {"item": place.item, "item_value": dict(place.value)}
    if place.items is None:
        entry["attempts"] = [_attempt(place, one, facts, details, known) for one in place.tries]
    else:
        entry |= {"indices": list(place.indices), "items": [_step(item, facts, details, known) for item in place.items]}
    return entry


def _attempt(place: StepRun, one: Try, facts: Facts, details: Details, known: Digests) -> dict[str, Json]:
    attempt, start, end = one.attempt, one.attempt.start, one.attempt.end
    return {
        "attempt": attempt.id,
        "number": integer(start.get("number")),
        "state": one.outcome.state,
        "reason": one.outcome.reason,
        "derived": one.outcome.derived,
        "message": one.outcome.message,
        "started": _instant(attempt.started),
        "ended": _instant(attempt.ended),
        "exit_code": integer(end.get("exit_code")),
        "signal": text(end.get("signal")),
        "cpu": number(end.get("cpu")),
        "max_rss": integer(end.get("max_rss")),
        "engine": text(start.get("engine")),
        "native": dict(mapping(start.get("native"))),
        "host": text(start.get("host")),
        "argv": list(sequence(start.get("argv"))),
        "log": log_of(facts, place, attempt, details.remarks.get(attempt.id, ())),
        "sidecar": text(start.get("sidecar")),
        "inputs": {name: _input(mapping(entry), known) for name, entry in mapping(start.get("inputs")).items()},
        "outputs": {name: _output(place, name, entry, details) for name, entry in attempt.outputs.items()},
        "metrics": {metric.name: _metric(metric) for metric in details.metrics.get(attempt.id, ())},
        "dropped": integer(end.get("dropped")) or 0,
        **({"reused": dict(mapping(start["reused"]))} if "reused" in start else {}),
        "remarks": [
            {"kind": one.kind, "name": one.name, "value": one.value} for one in details.remarks.get(attempt.id, ())
        ],
    }


def _input(entry: Fields, known: Digests) -> dict[str, Json]:
    """An artifact's entry is told what was read: one digest for each."""
    return (
        {**entry, "digests": [dict(digest) for digest in known.read(entry)]}
        if {"from", "digest"} & {*entry}
        else dict(entry)
    )


_OUTPUT = ("value", "redacted", "kind", "digest", "size", "files", "uri")


def _output(place: StepRun, name: str, entry: Fields, details: Details) -> dict[str, Json]:
    found = {key: entry[key] for key in _OUTPUT if key in entry}
    if "digest" in entry:
        found["version"] = details.version(f"{place.definition.id}.{name}", entry["digest"])
    return found


def _metric(metric: Metric) -> dict[str, Json]:
    return {
        "value": measure_told(metric.value),
        "at": metric.at,
        "points": metric.points,
        "low": None if metric.low is None else measure_told(metric.low),
        "high": None if metric.high is None else measure_told(metric.high),
    }


def _instant(nanoseconds: int | None) -> str | None:
    return None if nanoseconds is None else instant(nanoseconds)
