"""`pipeglot artifacts`: what runs left, with versions, digests and where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.model.json_values import mapping, read
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import counted, digest_text, size
from pipeglot_records.store.database import Store
from pipeglot_records.store.details import details
from pipeglot_records.store.tables import OUTSIDE, attempts, outputs, uses


@dataclass(frozen=True, slots=True)
class Artifact:
    """`name` is `STEP.OUTPUT`, `version` counts contents of that name in its pipeline, from 1; `size` is in bytes."""

    name: str
    item: str | None
    version: int | None
    kind: str | None
    digest: str
    size: int | None
    files: int | None
    uri: str | None

    def as_json(self) -> dict[str, Json]:
        return {
            "name": self.name,
            "item": self.item,
            "version": self.version,
            "kind": self.kind,
            "digest": dict(mapping(read(self.digest))),
            "size": self.size,
            "files": self.files,
            "uri": self.uri,
        }


def artifacts(store: Store, run: str) -> tuple[Artifact, ...]:
    """Of a run by its whole id, in the order in which they were made: of each step and item the last try's."""
    known = details(store, run)
    query = (
        sql.select(outputs, attempts.c.step, attempts.c.item)
        .join(attempts, attempts.c.attempt == outputs.c.attempt)
        .where(outputs.c.run == run, outputs.c.digest.is_not(None))
        .order_by(attempts.c.started, outputs.c.written, outputs.c.source)
    )
    found: dict[tuple[str, str | None], Artifact] = {}
    with store.reading() as connection:
        for row in connection.execute(query):
            version = known.version(row.source, read(row.digest))
            place = (row.source, row.item)
            # a later try stands for the ones before it
            found.pop(place, None)
            found[place] = Artifact(row.source, row.item, version, row.kind, row.digest, row.size, row.files, row.uri)
        return (*_brought(connection, run), *found.values())


def _brought(connection: sql.Connection, run: str) -> tuple[Artifact, ...]:
    """Data from outside, by the inputs that it came to."""
    query = (
        sql.select(uses, attempts.c.item)
        .join(attempts, attempts.c.attempt == uses.c.attempt)
        .where(uses.c.run == run, uses.c.source.contains("/"))
        .order_by(attempts.c.started, uses.c.port)
    )
    found = {(row.port, row.item): row for row in connection.execute(query)}
    return tuple(
        Artifact(row.port, row.item, None, OUTSIDE, row.digest, None, None, row.source) for row in found.values()
    )


def page(found: Sequence[Artifact]) -> str:
    if not found:
        return "no artifacts\n"
    rows = [("ARTIFACT", "VERSION", "KIND", "SIZE", "DIGEST", "WHERE")]
    rows += [
        (
            one.name if one.item is None else f"{one.name}[{one.item}]",
            f"v{one.version}" if one.version is not None else "",
            one.kind or "",
            _size(one),
            digest_text(read(one.digest)),
            one.uri or "",
        )
        for one in found
    ]
    return "\n".join(aligned(rows, right=frozenset({3}))) + "\n"


def _size(one: Artifact) -> str:
    if one.size is None:
        return ""
    return size(one.size) if one.files in (None, 1) else f"{size(one.size)} in {counted(one.files or 0, 'file')}"
