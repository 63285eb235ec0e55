"""What was done to models: one line after another that nobody changes. What a model is follows from it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

import sqlalchemy as sql

from pipeglot.spec.schema import patterns
from pipeglot_records.faults import RecordsFault
from pipeglot_records.model.json_values import integer, mapping, read, text, write
from pipeglot_records.store.tables import model_acts

Kind: TypeAlias = Literal["registered", "alias", "stage", "description", "tag"]

NAME: Final = re.compile(patterns.MODEL)
"""Of models, aliases, stages and tags: all that can stand in an address and after `@`."""
LONGEST: Final = 10_000
"""Letters of a description or of a tag's value."""


class RegistryFault(RecordsFault):
    """Something that is not done to a model, or a model that is not there."""

    code = "PG590"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a version is of: a content (`digest`, as JSON), and the run that it was taken from."""

    digest: str
    run: str
    pipeline: str
    artifact: str
    item: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """`time` is in nanoseconds since 1970. An alias, stage or tag without a value was taken away."""

    seq: int
    model: str
    kind: Kind
    version: int | None
    name: str | None
    value: str | None
    origin: Origin | None
    who: str
    time: int


@dataclass(frozen=True, slots=True)
class Change:
    """An act that is to be."""

    kind: Kind
    version: int | None = None
    name: str | None = None
    value: str | None = None
    origin: Origin | None = None


def acts(connection: sql.Connection, model: str | None = None, after: int = 0) -> list[Act]:
    """In their order: of one model, or of all."""
    query = sql.select(model_acts).where(model_acts.c.seq > after).order_by(model_acts.c.seq)
    if model is not None:
        query = query.where(model_acts.c.model == model)
    return [_act(row) for row in connection.execute(query)]


def add(connection: sql.Connection, model: str, changes: Sequence[Change], who: str) -> None:
    """At the end. The connection is the one writer, so that numbers follow each other."""
    last = connection.scalar(sql.select(sql.func.max(model_acts.c.seq))) or 0
    now = time.time_ns()
    rows = [
        {
            "seq": last + at,
            "model": model,
            "act": change.kind,
            "version": change.version,
            "name": change.name,
            "value": change.value,
            "origin": write(asdict(change.origin)) if change.origin else None,
            "who": who,
            "time": now,
        }
        for at, change in enumerate(changes, 1)
    ]
    if rows:
        connection.execute(model_acts.insert(), rows)


def checked(what: str, name: str) -> str:
    """Raises `RegistryFault` for what is no name."""
    if not NAME.fullmatch(name):
        message = f"`{name[:200]}` is no name of {what}: letters, digits, `.`, `_` and `-`, 128 at most"
        raise RegistryFault(message, "begin it with a letter or a digit")
    return name


def _act(row: sql.Row[Any]) -> Act:
    return Act(row.seq, row.model, row.act, row.version, row.name, row.value, _origin(row.origin), row.who, row.time)


def _origin(body: str | None) -> Origin | None:
    if body is None:
        return None
    found = mapping(read(body))
    digest, run, pipeline, artifact = (
        text(found.get(name)) or "" for name in ("digest", "run", "pipeline", "artifact")
    )
    return Origin(digest, run, pipeline, artifact, text(found.get("item")), integer(found.get("size")))
