"""A run as text: the tree of its steps, for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeglot.rendering.screen import harmless
from pipeglot_expression.runtime.contract import FAILED, SUCCEEDED
from pipeglot_records.model.facts import Attempt, Facts
from pipeglot_records.model.json_values import integer, mapping, text
from pipeglot_records.model.run_view import RunView, StepRun
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import (
    MARKS,
    VALUE,
    WIDTH,
    counted,
    digest_text,
    duration,
    ending,
    figure,
    moment,
    painted,
    shortened,
    size,
    value_text,
)
from pipeglot_records.show.item_names import name_of
from pipeglot_records.show.logs import log_of, logs_of, tail
from pipeglot_records.show.notes import commit_lines, noted_lines
from pipeglot_records.store.details import Details, Remark

FEW = 6
"""Items that are listed one by one, whatever became of them; and failed ones of a larger fan-out."""
MANY = 40
"""Metrics of one attempt that are listed."""

MOST_FIGURES = 3


@dataclass(frozen=True, slots=True)
class Look:
    """`plain` makes the marks ASCII; `colour` paints them."""

    colour: bool = False
    plain: bool = False

    def mark(self, state: str) -> str:
        return MARKS.get(state, ("?", "?"))[self.plain]


DEFAULT = Look()


def page(picture: RunView, details: Details, look: Look = DEFAULT) -> str:
    listed = [(step, place) for step in picture.steps.values() for place in _listed(step)]
    places = [place for _, place in listed]
    rows = aligned([_row(place, name_of(step), details, look) for step, place in listed], right=frozenset({2}))
    lines = _head(picture)
    on_exit = False
    for place, row in zip(places, rows, strict=True):
        if place.definition.on_exit and not on_exit:
            lines += ["", "on exit"]
            on_exit = True
        mark = look.mark(place.state)
        lines.append("  " + row.replace(mark, painted(mark, place.state, look.colour), 1))
        lines += [
            f"      {line}" if place.item is None else f"        {line}"
            for line in _below(place, picture.facts, details)
        ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(picture: RunView) -> list[str]:
    facts = picture.facts
    started = facts.started if facts.started is not None else facts.first
    took = duration((facts.ended or facts.seen) - started) if started is not None else ""
    target = text(facts.head.get("target"))
    where = " on " + target if target else ""
    params = [f"{name}={value_text(mapping(entry), 24)}" for name, entry in mapping(facts.head.get("params")).items()]
    lost = facts.over and facts.end.get("reason") == "lost"
    return [
        f"{picture.definition.pipeline}: {picture.state}" + (f" in {took}" if facts.over and took else ""),
        f"run {facts.run}{where}" + (f", {moment(started)} UTC" if started is not None else ""),
        *_wrapped("with ", params),
        *commit_lines(facts.head),
        *(["its processes are gone, and left no last word: killed, or the machine went down"] if lost else []),
        *_by_the_engine(text(facts.end.get("message"))),
        *([] if picture.definition.known else ["its definition is not in this store: only what left a word is shown"]),
        "",
    ]


def _by_the_engine(message: str | None) -> list[str]:
    """Whole, over several lines: often it is all that there is to know."""
    return list(_wrapped("the engine says: ", message.split())) if message else []


def _wrapped(lead: str, words: list[str]) -> Iterator[str]:
    line = lead
    for word in words:
        if line.strip() and len(line) + len(word) > WIDTH and line != lead:
            yield line.rstrip()
            line = " " * len(lead)
        line += word + "  "
    if words:
        yield line.rstrip()


def _listed(step: StepRun) -> Iterator[StepRun]:
    """The step and those of its items that get a line."""
    yield step
    items = step.items or ()
    if len(items) <= FEW:
        yield from items
    else:
        yield from [item for item in items if item.state == FAILED][:FEW]


def _row(place: StepRun, names: Mapping[str, str], details: Details, look: Look) -> tuple[str, str, str, str]:
    mark, took = look.mark(place.state), duration(_took(place))
    if place.item is None:
        return f"{mark} {place.definition.id}", _status(place), took, _counts(place)
    text = "  ".join(part for part in (_counts(place), _figures(place, details)) if part)
    return f"  {mark} [{names[place.item]}]", _status(place), took, text


def _figures(item: StepRun, details: Details) -> str:
    """An item's metrics, where its line has room for them."""
    found = details.metrics.get(item.last.id, ())[:MOST_FIGURES] if item.last else ()
    return "  ".join(f"{shortened(metric.name, 16)}={figure(metric.value)}" for metric in found)


def _status(place: StepRun) -> str:
    if place.state == SUCCEEDED or place.reason is None:
        return place.state
    text = f"{place.state}, {ending(place.reason, place.last.end if place.last else {})}"
    return f"{text}, allowed" if place.is_allowed else text


def _reused(attempt: Attempt) -> Iterator[tuple[str, ...]]:
    """From which run the outputs were taken."""
    run = text(mapping(attempt.start.get("reused")).get("run"))
    if run:
        yield "from", f"run {run}"


def _brought(attempt: Attempt) -> Iterator[tuple[str, ...]]:
    """What came from outside, and from where."""
    for name, given in sorted(mapping(attempt.start.get("inputs")).items()):
        entry = mapping(given)
        uri, volume = text(entry.get("uri")), integer(entry.get("size"))
        if uri:
            words = (
                shortened(text(entry.get("kind")) or "address", VALUE),
                digest_text(entry["digest"]) if "digest" in entry else "",
                size(volume) if volume is not None else "",
            )
            yield f"{shortened(name, VALUE)} <", "  ".join(part for part in words if part)
            yield "", _near(uri)


def _took(place: StepRun) -> int | None:
    attempts = [one.attempt for some in place.places() for one in some.tries]
    ends = [attempt.ended for attempt in attempts if attempt.ended is not None]
    return max(ends) - min(attempt.started for attempt in attempts) if ends else None


def _counts(place: StepRun) -> str:
    if place.items is not None:
        kept = len(place.kept)
        return f"{kept} of {counted(len(place.items), 'item')}" if place.items else ""
    before = [ending(one.outcome.reason, one.attempt.end) for one in place.tries[:-1]]
    return f"{counted(len(place.tries), 'attempt')} ({', '.join(dict.fromkeys(before))})" if before else ""


def _below(place: StepRun, facts: Facts, details: Details) -> Iterator[str]:
    if place.items is not None:
        logs = logs_of(facts, place) if place.items else None
        yield from aligned([*_lists(place), *([("log", _near(logs))] if logs else [])])
    elif place.last is not None and place.item is None:
        log = log_of(facts, place, place.last, _remarks(place, details)) if place.state != FAILED else None
        found = [*_reused(place.last), *_brought(place.last), *_artifacts(place, place.last, details)]
        found += _measures(place.last, details)
        yield from aligned([*found, *([("log", _near(log))] if log else [])])
    yield from noted_lines(place, details, _listed(place))
    if place.state == FAILED and place.items is None:
        yield from _failure(place, facts, details)


def _lists(place: StepRun) -> Iterator[tuple[str, ...]]:
    """The outputs of the kept items, as their readers have them."""
    kept = [item.last.outputs for item in place.kept if item.last]
    for port in sorted(place.definition.outputs, key=lambda one: one.name):
        found = [outputs[port.name] for outputs in kept if port.name in outputs]
        if not found:
            continue
        if port.kind is not None:
            yield port.name, f"{counted(len(found), port.kind)}"
        else:
            yield port.name, shortened(f"[{', '.join(value_text(entry) for entry in found)}]", VALUE)


def _artifacts(place: StepRun, attempt: Attempt, details: Details) -> Iterator[tuple[str, ...]]:
    for name, entry in sorted(attempt.outputs.items()):
        if "digest" not in entry:
            yield shortened(name, VALUE), value_text(entry)
            continue
        version = details.version(f"{place.definition.id}.{name}", entry["digest"])
        volume = integer(entry.get("size"))
        words = (
            f"v{version}" if version else "",
            digest_text(entry["digest"]),
            size(volume) if volume is not None else "",
        )
        kind = shortened(text(entry.get("kind")) or "artifact", VALUE)
        yield shortened(name, VALUE), "  ".join([kind, *(part for part in words if part)])
        where = (text(entry.get("uri")) or "").removeprefix("file://")
        if "://" in where or (where and Path(where).exists()):
            yield "", _near(where)


def _near(path: str) -> str:
    """From where one stands, if it is below; printable, and whole: it is there to be copied."""
    here = f"{Path.cwd()}/"
    return harmless(path.removeprefix("file://").removeprefix(here))


def _measures(attempt: Attempt, details: Details) -> Iterator[tuple[str, ...]]:
    found = [metric for metric in details.metrics.get(attempt.id, ()) if metric.name not in attempt.outputs]
    for metric in found[:MANY]:
        span = f"  {metric.points} points, {figure(metric.low)} to {figure(metric.high)}" if metric.points > 1 else ""
        yield shortened(metric.name, VALUE), figure(metric.value) + span
    if len(found) > MANY:
        yield (f"… and {counted(len(found) - MANY, 'more metric')}, all with --format json",)


def _failure(place: StepRun, facts: Facts, details: Details) -> Iterator[str]:
    if place.outcome.message:
        yield shortened(place.outcome.message, WIDTH - 8)
    notes = facts.notes.get((place.definition.id, place.item), {})
    yield from _by_the_engine(text(notes.get("engine")))
    log = log_of(facts, place, place.last, _remarks(place, details))
    if log is not None:
        yield f"log: {_near(log)}"
        yield from (f"  | {shortened(line, WIDTH - 12)}" for line in tail(log))


def _remarks(place: StepRun, details: Details) -> Sequence[Remark]:
    return details.remarks.get(place.last.id, ()) if place.last else ()
