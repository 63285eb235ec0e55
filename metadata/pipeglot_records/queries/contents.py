"""Which artifact a person means: `STEP.OUTPUT`, an item of it, a version; and where its content lies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeAlias

import sqlalchemy as sql

from pipeglot.diagnostics.suggestions import nearest
from pipeglot_expression.runtime.contract import KEPT
from pipeglot_records.faults import RecordsFault
from pipeglot_records.model.json_values import mapping, read
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import attempts, outputs, runs

_Row: TypeAlias = "sql.Row[Any, Any, Any, Any, Any, Any, Any]"
_NAME = re.compile(r"(?P<source>[^\[\]@]+\.[^\[\]@.]+)(?:\[(?P<item>\d+)\])?(?:@v?(?P<version>\d+))?")


class ArtifactUnknown(RecordsFault):
    """No artifact, or more than one, goes by the name that was given."""

    code = "PG581"


@dataclass(frozen=True, slots=True)
class Named:
    source: str
    item: str | None
    version: int | None

    def __str__(self) -> str:
        item = "" if self.item is None else f"[{self.item}]"
        return self.source + item + ("" if self.version is None else f"@{self.version}")


@dataclass(frozen=True, slots=True)
class Content:
    """One content, and every place that a record knows of it, the newest first. `run`, of `pipeline`, made it last."""

    name: str
    version: int
    digest: dict[str, str]
    size: int | None
    run: str
    pipeline: str
    places: tuple[str, ...]


def named(text: str) -> Named:
    """Raises `ArtifactUnknown`."""
    found = _NAME.fullmatch(text)
    if found is None:
        hint = "write `STEP.OUTPUT`, `STEP.OUTPUT[ITEM]` or `STEP.OUTPUT@VERSION`, as `pipeglot artifacts` has them"
        raise ArtifactUnknown(f"`{text}` names no artifact", hint)
    version = found["version"]
    return Named(found["source"], found["item"], int(version) if version else None)


def content(store: Store, wanted: Named, run: str | None, pipeline: str | None) -> Content:
    """The version that is asked for, else the one made last. Raises `ArtifactUnknown`."""
    rows = _rows(store, wanted.source, pipeline)
    pipelines = sorted({str(row.pipeline) for row in rows if run is None or row.run == run})
    if len(pipelines) > 1:
        some = ", ".join(f"`{each}`" for each in pipelines)
        raise ArtifactUnknown(f"`{wanted.source}` is an artifact of more than one pipeline: {some}", "say `--pipeline`")
    rows = [row for row in rows if str(row.pipeline) in pipelines]
    versions = {digest: number for number, digest in enumerate(_by_age(rows), 1)}
    here = [row for row in rows if run in (None, row.run) and _is_meant(row, wanted, versions)]
    if not here:
        raise _unknown(store, wanted, rows, versions, run)
    last = here[0]
    if wanted.item is None and last.item is not None and _items(here, last) > 1:
        hint = f"name one of them: `{wanted.source}[{last.item}]`"
        raise ArtifactUnknown(f"`{wanted.source}` has an artifact for each of its items", hint)
    places = [row.uri for row in rows if row.digest == last.digest and row.uri]
    hashes = {kind: str(value) for kind, value in mapping(read(last.digest)).items()}
    where = tuple(dict.fromkeys(places))
    return Content(str(wanted), versions[last.digest], hashes, last.size, last.run, pipelines[0], where)


def file_name(places: Sequence[str], otherwise: str) -> str:
    """What a content is called where it lies."""
    name = PurePosixPath(places[0] if places else "").name
    return name if name not in ("", "..") else otherwise


def places_of(store: Store, digest: str) -> tuple[str, ...]:
    """Wherever a content lies, by its digest as the store has it: whatever made it, the newest first."""
    query = sql.select(outputs.c.uri).where(outputs.c.digest == digest, outputs.c.uri.is_not(None))
    with store.reading() as connection:
        found = connection.scalars(query.order_by(outputs.c.written.desc())).all()
    return tuple(dict.fromkeys(str(each) for each in found))


def _rows(store: Store, source: str, pipeline: str | None) -> Sequence[_Row]:
    """Of successes alone, the newest first."""
    query = (
        sql.select(
            outputs.c.run,
            outputs.c.digest,
            outputs.c.uri,
            outputs.c.size,
            outputs.c.written,
            attempts.c.item,
            runs.c.pipeline,
        )
        .join(attempts, attempts.c.attempt == outputs.c.attempt)
        .join(runs, runs.c.run == outputs.c.run)
        .where(outputs.c.source == source, outputs.c.digest.is_not(None), attempts.c.state.in_(KEPT))
        .order_by(outputs.c.written.desc(), outputs.c.attempt)
    )
    if pipeline is not None:
        query = query.where(runs.c.pipeline == pipeline)
    with store.reading() as connection:
        return connection.execute(query).all()


def _by_age(rows: Sequence[_Row]) -> list[str]:
    """Contents, as `pipeglot artifacts` counts them: by who was first."""
    first: dict[str, int] = {}
    for row in rows:
        first[row.digest] = min(row.written, first.get(row.digest, row.written))
    return sorted(first, key=lambda digest: (first[digest], digest))


def _is_meant(row: _Row, wanted: Named, versions: dict[str, int]) -> bool:
    return wanted.item in (None, row.item) and wanted.version in (None, versions[row.digest])


def _items(rows: Sequence[_Row], last: _Row) -> int:
    return len({row.item for row in rows if row.run == last.run})


def _unknown(
    store: Store, wanted: Named, rows: Sequence[_Row], versions: dict[str, int], run: str | None
) -> ArtifactUnknown:
    where = f"the run `{run}`" if run else f"the store `{store.place}`"
    if wanted.version is not None and versions:
        return ArtifactUnknown(f"{where} has no `{wanted}`; there are {len(versions)} versions of `{wanted.source}`")
    with store.reading() as connection:
        known = connection.scalars(sql.select(outputs.c.source).where(outputs.c.digest.is_not(None)).distinct()).all()
    near = None if rows else nearest(wanted.source, [str(each) for each in known])
    return ArtifactUnknown(f"{where} has no artifact `{wanted}`", f"did you mean `{near}`?" if near else None)
