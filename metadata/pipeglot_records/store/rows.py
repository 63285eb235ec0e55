"""Facts as rows of the projected tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from pipeglot.ir import Json
from pipeglot_records.model.digests import digests
from pipeglot_records.model.events import Event
from pipeglot_records.model.facts import Attempt, Facts
from pipeglot_records.model.json_values import integer, mapping, number, text, write
from pipeglot_records.model.lineage import edges
from pipeglot_records.model.run_view import RunView, StepRun

Row: TypeAlias = dict[str, object]


def run_row(facts: Facts) -> Row:
    head = facts.head
    return {
        "run": facts.run,
        "pipeline": text(head.get("pipeline")),
        "definition": text(head.get("definition")),
        "target": text(head.get("target")),
        "profile": text(head.get("profile")),
        "native": _kept(head.get("native")),
        "params": _kept(head.get("params")),
        "started": facts.started,
        "ended": facts.ended,
    }


def param_rows(facts: Facts) -> Iterator[Row]:
    for name, entry in mapping(facts.head.get("params")).items():
        value = mapping(entry).get("value")
        if value is not None:
            found = number(value)
            word = value if isinstance(value, str) and _is_kept(value) else write(value)
            yield {"run": facts.run, "name": name, "number": found, "word": None if found is not None else word}


def attempt_row(run: str, attempt: Attempt) -> Row:
    start, end = attempt.start, attempt.end
    return {
        "attempt": attempt.id,
        "run": run,
        "step": attempt.step,
        "item": attempt.item,
        "started": attempt.started,
        "ended": attempt.ended,
        "state": attempt.state,
        "reason": attempt.reason,
        "exit_code": integer(end.get("exit_code")),
        "signal": text(end.get("signal")),
        "message": text(end.get("message")),
        "engine": text(start.get("engine")),
        "native": _kept(start.get("native")),
        "definition": text(start.get("definition")),
        "host": text(start.get("host")),
        "cpu": number(end.get("cpu")),
        "max_rss": integer(end.get("max_rss")),
    }


def output_rows(run: str, attempt: Attempt) -> Iterator[Row]:
    for name, entry in attempt.outputs.items():
        yield {
            "attempt": attempt.id,
            "name": name,
            "run": run,
            "source": f"{attempt.step}.{name}",
            "value": _kept(entry.get("value")),
            "kind": text(entry.get("kind")),
            "digest": _kept(entry.get("digest")),
            "size": integer(entry.get("size")),
            "files": integer(entry.get("files")),
            "uri": text(entry.get("uri")),
            "written": integer(entry.get("time")) or 0,
        }


def remark_rows(events: Iterable[Event]) -> Iterator[Row]:
    for event in events:
        if event.is_remark:
            yield {
                "run": event.run,
                "writer": event.writer,
                "seq": event.seq,
                "attempt": event.attempt,
                "kind": event.kind,
                "name": event.fields.get("name"),
                "value": _kept(event.fields.get("value")),
                "time": event.time,
            }


def step_rows(picture: RunView) -> Iterator[Row]:
    for place in picture.places():
        yield {
            "run": picture.facts.run,
            "step": place.definition.id,
            "item": place.item or "",
            "state": place.state,
            "reason": place.reason,
            "derived": place.outcome.derived,
            "attempts": len(place.started),
        }


def use_rows(picture: RunView) -> Iterator[Row]:
    """What each attempt read, with the digest that its producer left."""
    known = digests(picture)
    for place, attempt in _attempts(picture):
        for port, entry in mapping(attempt.start.get("inputs")).items():
            for position, (source, digest) in enumerate(known.sources(mapping(entry))):
                yield {
                    "run": picture.facts.run,
                    "attempt": attempt.id,
                    "port": f"{place.definition.id}.{port}",
                    "position": position,
                    "source": source,
                    "digest": write(dict(digest)),
                }


def lineage_rows(picture: RunView) -> Iterator[Row]:
    for source, target in edges(picture):
        yield {"run": picture.facts.run, "source": source, "target": target}


def _attempts(picture: RunView) -> Iterator[tuple[StepRun, Attempt]]:
    for place in picture.places():
        for one in place.tries:
            yield place, one.attempt


def _is_kept(value: str) -> bool:
    """Whether every database holds the text as it is."""
    return ("\0" not in value and value.isascii()) or not re.search("[\0\ud800-\udfff]", value)


def _kept(value: Json) -> str | None:
    return None if value is None else write(value)
