"""The logs of a run's steps: in its folder, or where an engine noted them, as long as they are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeglot.rendering.screen import log_line
from pipeglot_records.model.facts import Attempt, Facts
from pipeglot_records.model.json_values import integer, mapping, text
from pipeglot_records.model.run_view import RunView, StepRun
from pipeglot_records.show.item_names import name_of
from pipeglot_records.store.details import Remark

LINES = 6
_READ = 16 * 1024
LOGS = "logs"


@dataclass(frozen=True, slots=True)
class Source:
    """One log. `name` is the step or item, `number` the attempt, 0 where nobody counts."""

    name: str
    number: int
    path: Path


def sources(picture: RunView, step: StepRun, places: tuple[StepRun, ...]) -> list[Source]:
    """All that there are of a step, or of some items; those of its list task where it has no other."""
    folder = _folder(picture.facts)
    kept = _kept(folder, step.definition.id) if folder else {}
    names = name_of(step)
    found = [
        Source(f"{step.definition.id}[{names[place.item]}]" if place.item else step.definition.id, number, path)
        for place in places
        for number, path in sorted((kept.get(place.item) or dict(_noted(picture.facts, place))).items())
    ]
    listed = sorted(kept.get("list", {}).items())
    return found or [Source(f"{step.definition.id} (items)", number, path) for number, path in listed]


def log_of(facts: Facts, place: StepRun, attempt: Attempt | None, remarks: Sequence[Remark] = ()) -> str | None:
    """The path of an attempt's log, if anybody knows it; `remarks` are those of the attempt."""
    noted = facts.notes.get((place.definition.id, place.item), {}).get("log")
    said = text(next((one.value for one in reversed(remarks) if (one.kind, one.name) == ("note", "log")), noted))
    folder, number = _folder(facts), integer(attempt.start.get("number")) if attempt else 1
    if said is not None or folder is None or (attempt and "reused" in attempt.start):
        return said
    parts = [place.definition.id, *([place.item] if place.item else []), str(number or 1)]
    path = folder / f"{'.'.join(parts)}.log"
    return str(path) if path.is_file() else None


def logs_of(facts: Facts, step: StepRun) -> str | None:
    """Where the logs of all items are, as one writes it for a shell."""
    folder = _folder(facts)
    return f"{folder}/{step.definition.id}.*.log" if folder and folder.is_dir() else None


def tail(place: str, count: int = LINES) -> tuple[str, ...]:
    """Nothing of a log that cannot be read: it may have been on another machine."""
    try:
        with Path(place.removeprefix("file://")).open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(0, end - _READ))
            found = file.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return ()
    lines = [line for line in map(log_line, found.split("\n")) if line.strip()]
    return tuple(lines[-count:])


def _folder(facts: Facts) -> Path | None:
    """Of a local run."""
    folder = text(mapping(facts.head.get("native")).get("folder"))
    return Path(folder) / LOGS if folder and facts.head.get("target") == "local" else None


def _kept(folder: Path, step: str) -> dict[str | None, dict[int, Path]]:
    """By item (`list` for the list task, None for the step itself) and number of the attempt."""
    form = re.compile(re.escape(step) + r"(?:\.(list|\d+))?\.(\d+)\.log")
    found: dict[str | None, dict[int, Path]] = {}
    with suppress(OSError):
        for path in folder.iterdir():
            match = form.fullmatch(path.name)
            if match:
                found.setdefault(match[1], {})[int(match[2])] = path
    return found


def _noted(facts: Facts, place: StepRun) -> Iterator[tuple[int, Path]]:
    for count, one in enumerate(place.tries, 1):
        said = log_of(facts, place, one.attempt)
        path = Path(said.removeprefix("file://")) if said else None
        if path and path.is_file():
            yield integer(one.attempt.start.get("number")) or count, path
