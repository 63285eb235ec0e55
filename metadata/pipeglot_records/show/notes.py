"""What is to be known of a step beside its state: notes, and what of its record could not be kept."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from pipeglot_records.model.events import OURS
from pipeglot_records.model.json_values import integer
from pipeglot_records.model.run_view import StepRun, Try
from pipeglot_records.show.captured import captured_lines
from pipeglot_records.show.captured import commit_lines as commit_lines
from pipeglot_records.show.formatting import WIDTH, counted, shortened, value_text
from pipeglot_records.store.details import Details, Remark

MANY = 50
"""Notes that are listed: those of one attempt, and those of items that have no line of their own."""
LONGEST = 6 * WIDTH
LOG = "log"


def noted_lines(place: StepRun, details: Details, listed: Iterable[StepRun]) -> Iterator[str]:
    """Of every attempt; of a fan-out what its items miss, where they have no line of their own."""
    if place.items is None:
        for one in place.tries:
            lead = f"attempt {_number(place, one)}: " if len(place.tries) > 1 else ""
            yield from _folded([lead + line for line in (*_missing(one, details), *_notes(one, details))])
        if place.last is not None:
            yield from captured_lines(tuple(details.remarks.get(place.last.id, ())))
        return
    own = {item.item for item in listed}
    unlisted = [item for item in place.items if item.item not in own]
    yield from _folded(
        [f"[{item.item}] {line}" for item in unlisted for one in item.tries for line in _missing(one, details)]
    )


def _missing(one: Try, details: Details) -> Iterator[str]:
    dropped = integer(one.attempt.end.get("dropped")) or 0
    if dropped:
        yield f"{counted(dropped, 'event')} not recorded: the disk was full"
    for remark in _said(one, details):
        if remark.name == OURS:
            yield _shown(remark)


def _notes(one: Try, details: Details) -> Iterator[str]:
    for remark in _said(one, details):
        if remark.name not in (OURS, LOG):
            yield _shown(remark)


def _said(one: Try, details: Details) -> list[Remark]:
    return [remark for remark in details.remarks.get(one.attempt.id, ()) if remark.kind == "note"]


def _shown(remark: Remark) -> str:
    value = remark.value
    said = shortened(value, LONGEST) if isinstance(value, str) else value_text({"value": value}, LONGEST)
    return f"{shortened(remark.name, WIDTH // 2)}: {said}"


def _number(place: StepRun, one: Try) -> int:
    return integer(one.attempt.start.get("number")) or place.tries.index(one) + 1


def _folded(found: list[str]) -> Iterator[str]:
    for line in found[:MANY]:
        yield from textwrap.wrap(line, WIDTH - 8, subsequent_indent="  ", break_on_hyphens=False) or [""]
    if len(found) > MANY:
        yield f"… and {counted(len(found) - MANY, 'more note')}, all with --format json"
