"""Event logs into the store: files and folders of `*.jsonl`, once, or again and again while they grow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeglot_backends.local.processes.leavings import recover
from pipeglot_records.faults import LogFault
from pipeglot_records.model.events import Event, parse
from pipeglot_records.model.keepable import LONGEST
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.refusals import record_all
from pipeglot_records.store.projections import BATCH

ENDING = ".jsonl"
WORK, RECORD = "work", "record"
TORN = b"{"
"""Stands for what is no event."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """`torn` counts lines that are no events: a writer that was killed leaves at most its last one so."""

    files: int = 0
    events: int = 0
    new: int = 0
    torn: int = 0
    runs: tuple[str, ...] = ()

    def __add__(self, later: Ingested) -> Ingested:
        """With what was taken in by another look at the same places."""
        return Ingested(
            later.files,
            self.events + later.events,
            self.new + later.new,
            self.torn + later.torn,
            tuple(sorted({*self.runs, *later.runs})),
        )


@dataclass(frozen=True, slots=True)
class LogSummary:
    """What the logs of one run say of it as a whole: its id, what it runs, and when they last said something."""

    run: str | None = None
    definition: str | None = None
    last: int = 0


def summarize(files: Iterable[Path]) -> LogSummary:
    events = [event for path in files for event in map(parse, _lines(path, {}, last=True)) if event is not None]
    hashes = (event.fields.get("definition") for event in events if event.kind == "start")
    return LogSummary(
        run=min((event.run for event in events), default=None),
        definition=min((found for found in hashes if isinstance(found, str)), default=None),
        last=max((event.time for event in events), default=0),
    )


class Tail:
    """Reads what was added to some files and folders since it last looked."""

    def __init__(self, store: Store, *places: Path) -> None:
        self._store = store
        self._places = places
        self._offsets: dict[Path, int] = {}

    def poll(self, *, last: bool = False) -> Ingested:
        """A line counts once it has its end; with `last`, when nobody writes any more, without it too."""
        files = logs(self._places)
        offsets = dict(self._offsets)
        events = new = torn = 0
        batch: list[Event] = []
        runs: set[str] = set()
        for path in files:
            if path.stat().st_size == offsets.get(path, 0):
                continue
            for line in _lines(path, offsets, last):
                event = parse(line)
                if event is None:
                    torn += 1
                    continue
                batch.append(event)
                runs.add(event.run)
                if len(batch) >= BATCH:
                    events, new, batch = events + len(batch), new + self._write(batch), []
        events, new = events + len(batch), new + self._write(batch)
        self._offsets = offsets
        return Ingested(len(files), events, new, torn, tuple(sorted(runs)))

    def _write(self, batch: list[Event]) -> int:
        if not batch:
            return 0
        with self._store.writing() as connection:
            return len(record_all(connection, batch))


def ingest_folder(store: Store, place: Path, *, last: bool = True) -> Ingested:
    """Everything that a folder, or one file, holds. Done again, it changes nothing."""
    if not place.exists():
        raise LogFault(f"there is no file or folder `{place}` of event logs")
    for work in _works(place):
        recover(work)
    return Tail(store, place).poll(last=last)


def _works(place: Path) -> Iterator[Path]:
    """Where sidecars of local runs had their scratch: of the run that the place belongs to, or of those in it."""
    whole = place.absolute()
    near = [whole, *whole.parents[:2]]
    yield from (run / WORK for run in near if _is_folder(run / RECORD) and _is_folder(run / WORK))
    yield from sorted(work for work in whole.glob(f"*/{WORK}") if _is_folder(work.parent / RECORD))


def _is_folder(path: Path) -> bool:
    """Not of one that we may not look at: reading it says so."""
    try:
        return path.is_dir()
    except OSError:
        return False


def logs(places: Iterable[Path]) -> tuple[Path, ...]:
    """The logs in the folders, sorted; those of a run itself last, so that its end finds its steps already there."""
    found: set[Path] = set()
    for place in places:
        if place.is_dir():
            found.update(_within(place))
        elif place.exists():
            found.add(place)
    return tuple(sorted(found, key=lambda path: (path.parent, path.name.startswith("run."), path.name)))


def _within(place: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(place, onerror=_refuse):
        yield from (path for name in names if (path := Path(folder, name)).suffix == ENDING and path.is_file())


def _refuse(fault: OSError) -> None:
    raise LogFault(f"cannot look into `{fault.filename}` for event logs: {(fault.strerror or str(fault)).lower()}")


def _lines(path: Path, offsets: dict[Path, int], last: bool) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            file.seek(offsets.get(path, 0))
            for line, size in _bounded(file):
                if not line.endswith(b"\n") and not last:
                    return
                offsets[path] = offsets.get(path, 0) + size
                if line.strip():
                    yield line.decode("utf-8", "replace").strip()
    except OSError as fault:
        raise LogFault(f"cannot read the event log `{path}`: {(fault.strerror or str(fault)).lower()}") from None


def _bounded(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Lines, and how many bytes each takes in the file: one that is longer than any event is not given."""
    size = 0
    while line := file.readline(LONGEST):
        size += len(line)
        if line.endswith(b"\n") or len(line) < LONGEST:
            yield line if size == len(line) else TORN + line[-1:], size
            size = 0
    if size:
        yield TORN, size
