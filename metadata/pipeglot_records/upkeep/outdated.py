"""Runs whose records nobody needs any more, and why the others are kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from pipeglot import keeping
from pipeglot_records.engines.needed import reasons
from pipeglot_records.engines.sweeping import PARTS
from pipeglot_records.model.json_values import mapping, read, text
from pipeglot_records.registry.needed import runs_before, runs_of_versions
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import events, runs

CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which runs are old: all but the `last` of each pipeline, and those that began before `before`, in nanoseconds.

    Where both are said, both have to hold; where none is, no run is old. `caches` are folders in which work is kept.
    """

    last: int | None = None
    before: int | None = None
    pipeline: str | None = None
    caches: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """`because` says why a run is kept, empty where its record is not needed; `special`: for more than its age."""

    run: str
    pipeline: str | None
    state: str | None
    first: int
    because: str
    special: bool = False


def judged(store: Store, kept: Path, rule: Rule) -> list[Judged]:
    """The newest first."""
    with store.reading() as connection:
        rows = connection.execute(sql.select(runs).order_by(runs.c.first.desc(), runs.c.run.desc())).all()
    young = _young(store, rows, rule)
    special = _special(store, kept, rule, rows, young)
    return [
        Judged(row.run, row.pipeline, row.state, row.first, special.get(row.run) or young.get(row.run, ""),
               row.run in special)
        for row in rows
    ]  # fmt: skip


def _young(store: Store, rows: Sequence[sql.Row[Any]], rule: Rule) -> dict[str, str]:
    """Runs that the rule does not name, and those that are not over."""
    if rule.last is None and rule.before is None:
        return {row.run: "kept" for row in rows}
    why = reasons(store, rows, rule.last or 0, {row.run for row in rows})
    for row in rows:
        if rule.pipeline is not None and row.pipeline != rule.pipeline:
            why[row.run] = why[row.run] or "of another pipeline"
        elif rule.before is not None and row.first >= rule.before:
            why[row.run] = why[row.run] or "kept"
    return {run: said for run, said in why.items() if said}


def _special(
    store: Store, kept: Path, rule: Rule, rows: Sequence[sql.Row[Any]], young: Mapping[str, str]
) -> dict[str, str]:
    """Old runs that something else needs; what those were taken from too."""
    named = runs_of_versions(store)
    found = {
        **dict.fromkeys(_holding(kept, rows), "its artifacts are here, and `pipeglot gc` removes them"),
        **{run: "its work is in the cache" for folder in (kept, *rule.caches) for run in _cached(folder)},
        **runs_before(store, named),
        **named,
    }
    found = {run: said for run, said in found.items() if run not in young}
    sources, level = _sources(store), {*young, *found}
    while level:
        taken = {source: by for by in level for source in sources.get(by, ()) if source not in young}
        level = {source for source in taken if source not in found}
        found.update((source, f"run `{taken[source]}` has work of it") for source in level)
    return found


def _holding(kept: Path, rows: Iterable[sql.Row[Any]]) -> Iterator[str]:
    for row in rows:
        if any((kept / keeping.RUNS / row.run / part).exists() for part in PARTS):
            yield row.run


def _cached(folder: Path) -> Iterator[str]:
    """The runs whose work is kept there."""
    with suppress(OSError):
        for entry in os.scandir(folder / CACHE):
            if entry.name.endswith(".json"):
                with suppress(OSError):
                    yield text(mapping(read(Path(entry.path).read_text("utf-8", "replace"))).get("run")) or ""


def _sources(store: Store) -> dict[str, set[str]]:
    """By run those that its outputs were taken from."""
    found: dict[str, set[str]] = {}
    query = sql.select(events.c.run, events.c.body).where(
        events.c.kind.in_(("start", "run")), events.c.body.contains('"reuse')
    )
    with store.reading() as connection:
        for run, body in connection.execute(query):
            fields = mapping(read(body))
            for word in ("reused", "reuses"):
                source = text(mapping(fields.get(word)).get("run"))
                if source and source != run:
                    found.setdefault(run, set()).add(source)
    return found
