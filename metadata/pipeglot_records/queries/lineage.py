"""Where artifacts come from and where they went: over all runs of the store, whichever pipeline or engine they were of.

Level by level, each with a few queries: a recursive query is slower by far once a store is large.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.model.json_values import mapping, read
from pipeglot_records.store.database import Store
from pipeglot_records.store.journal import chunks
from pipeglot_records.store.tables import OUTSIDE, attempts, outputs, runs, uses

MOST: Final = 1000
"""Artifacts and attempts that are followed in one direction."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an artifact holds. The same content is one node, however often and wherever it was made."""

    digest: str
    name: str
    """`STEP.OUTPUT` of the one who made it first; of data from outside its address, in which is always a `/`."""
    kind: str | None
    size: int | None

    @property
    def hashes(self) -> dict[str, Json]:
        return dict(mapping(read(self.digest)))


@dataclass(frozen=True, slots=True)
class Work:
    """An attempt that read or made artifacts."""

    attempt: str
    run: str
    pipeline: str | None
    target: str | None
    step: str
    item: str | None


@dataclass(slots=True)
class Lineage:
    """`made` and `read` are pairs (digest, attempt). `is_cut`: there is more than `MOST`."""

    contents: dict[str, Content] = field(default_factory=dict[str, Content])
    works: dict[str, Work] = field(default_factory=dict[str, Work])
    made: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    read: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    begun: list[str] = field(default_factory=list[str])
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Link:
    """Contents and attempts that a table pairs: those that were made, or those that were read."""

    digest: sql.ColumnElement[str | None]
    attempt: sql.ColumnElement[str]

    def of(self, connection: sql.Connection, column: sql.ColumnElement[Any], names: list[str]) -> list[tuple[str, str]]:
        """Pairs (digest, attempt) of which one side is among the names."""
        found: list[tuple[str, str]] = []
        for some in chunks(names):
            query = sql.select(self.digest, self.attempt).where(column.in_(some), self.digest.is_not(None)).distinct()
            found += [
                (str(row[0]), str(row[1])) for row in connection.execute(query.order_by(self.digest, self.attempt))
            ]
        return found


_MADE: Final = _Link(outputs.c.digest, outputs.c.attempt)
_READ: Final = _Link(uses.c.digest, uses.c.attempt)


def lineage(store: Store, run: str, output: str | None = None, *, up: bool = True, down: bool = True) -> Lineage:
    """Of the artifacts of a run, or of the one that it calls `STEP.OUTPUT`. Uses are known of runs that are over."""
    found = Lineage()
    with store.reading() as connection:
        wanted = [outputs.c.run == run, outputs.c.digest.is_not(None)]
        if output is not None:
            wanted.append(outputs.c.source == output)
        query = sql.select(outputs.c.digest).where(*wanted).order_by(outputs.c.source, outputs.c.written)
        found.begun = [str(digest) for digest in dict.fromkeys(connection.scalars(query))]
        if up:
            _walk(connection, found, (_MADE, found.made), (_READ, found.read))
        if down:
            _walk(connection, found, (_READ, found.read), (_MADE, found.made))
        _named(connection, found)
    return found


_Way: TypeAlias = tuple[_Link, set[tuple[str, str]]]


def _walk(connection: sql.Connection, found: Lineage, to_work: _Way, to_content: _Way) -> None:
    """From contents to attempts by one link, from these to other contents by the other, until there is nothing new."""
    contents, works = dict.fromkeys(found.begun), dict[str, None]()
    level = list(contents)
    while level:
        link, edges = to_work
        pairs = link.of(connection, link.digest, level)
        edges.update(pairs)
        fresh = _new((attempt for _, attempt in pairs), works)
        link, edges = to_content
        pairs = link.of(connection, link.attempt, fresh)
        edges.update(pairs)
        level = _new((digest for digest, _ in pairs), contents)
        if level and len(works) + len(contents) > MOST:
            found.is_cut = True
            return


def _new(names: Iterable[str], seen: dict[str, None]) -> list[str]:
    fresh = [name for name in dict.fromkeys(names) if name not in seen]
    seen.update(dict.fromkeys(fresh))
    return fresh


def _named(connection: sql.Connection, found: Lineage) -> None:
    pairs = sorted(found.made | found.read)
    digests = dict.fromkeys([*found.begun, *(digest for digest, _ in pairs)])
    works = dict.fromkeys(attempt for _, attempt in pairs)
    for some in chunks(list(digests)):
        query = (
            sql.select(outputs.c.digest, outputs.c.source, outputs.c.kind, outputs.c.size)
            .where(outputs.c.digest.in_(some))
            .order_by(outputs.c.written, outputs.c.source)
        )
        for row in connection.execute(query):
            found.contents.setdefault(row.digest, Content(row.digest, row.source, row.kind, row.size))
    brought = [digest for digest in digests if digest not in found.contents]
    for some in chunks(brought):
        query = sql.select(uses.c.digest, uses.c.source).where(uses.c.digest.in_(some), uses.c.source.contains("/"))
        for use in connection.execute(query.order_by(uses.c.source)):
            found.contents.setdefault(use.digest, Content(use.digest, use.source, OUTSIDE, None))
    for digest in digests:
        found.contents.setdefault(digest, Content(digest, "?", None, None))
    for some in chunks(list(works)):
        known = (*(attempts.c[name] for name in ("attempt", "run", "step", "item")), runs.c.pipeline, runs.c.target)
        joined = sql.select(*known).join(runs, runs.c.run == attempts.c.run).where(attempts.c.attempt.in_(some))
        for work in connection.execute(joined):
            found.works[work.attempt] = Work(work.attempt, work.run, work.pipeline, work.target, work.step, work.item)
