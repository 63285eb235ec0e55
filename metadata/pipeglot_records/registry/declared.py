"""Artifacts that a pipeline itself says to register: taken up once their steps succeeded, whichever engine ran them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_expression.runtime.contract import KEPT
from pipeglot_records.model.json_values import mapping, read, text
from pipeglot_records.registry.history import Change, Origin, add
from pipeglot_records.registry.models import all_in
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import attempts, definitions, outputs, runs

WORD = '"register":'

_Row: TypeAlias = "sql.Row[Any, Any, Any, Any, Any, Any, Any]"


def take_up(store: Store) -> int:
    """Whatever was not yet registered, in the order in which it was made. Returns how many versions came."""
    with store.reading() as connection:
        if not list(_new(connection)):
            return 0
    with store.writing() as connection:
        numbers = Counter({each.name: len(each.versions) for each in all_in(connection)})
        before = numbers.total()
        for model, row in _new(connection):
            numbers[model] += 1
            origin = Origin(row.digest, row.run, str(row.pipeline), row.source, row.item, row.size)
            change = Change("registered", numbers[model], origin=origin)
            add(connection, model, [change], f"pipeline {row.pipeline}")
    return numbers.total() - before


def _new(connection: sql.Connection) -> Iterator[tuple[str, _Row]]:
    """The first of each content that its model does not have."""
    wanted = {str(row.hash): _registered(mapping(read(row.body))) for row in _definitions(connection)}
    if not any(wanted.values()):
        return
    known = {(model.name, each.origin.digest) for model in all_in(connection) for each in model.versions}
    for row in _made(connection, wanted):
        model = wanted[row.definition].get(row.source)
        if model is not None and (model, row.digest) not in known:
            known.add((model, row.digest))
            yield model, row


def _definitions(connection: sql.Connection) -> Sequence[sql.Row[Any, Any]]:
    query = sql.select(definitions.c.hash, definitions.c.body)
    return connection.execute(query.where(definitions.c.body.contains(WORD, autoescape=True))).all()


def _registered(definition: Mapping[str, Json]) -> dict[str, str]:
    """By `STEP.OUTPUT`: the model that it is a version of."""
    steps = {**mapping(definition.get("steps")), **mapping(definition.get("on_exit"))}
    found = (
        (f"{step}.{name}", text(mapping(output).get("register")))
        for step, entry in steps.items()
        for name, output in mapping(mapping(entry).get("outputs")).items()
    )
    return {source: model for source, model in found if model}


def _made(connection: sql.Connection, wanted: Mapping[str, Mapping[str, str]]) -> Sequence[_Row]:
    """Of successes alone, the oldest first."""
    sources = sorted({source for each in wanted.values() for source in each})
    query = (
        sql.select(
            outputs.c.run,
            outputs.c.source,
            outputs.c.digest,
            outputs.c.size,
            attempts.c.item,
            runs.c.pipeline,
            runs.c.definition,
        )
        .join(attempts, attempts.c.attempt == outputs.c.attempt)
        .join(runs, runs.c.run == outputs.c.run)
        .where(
            outputs.c.source.in_(sources),
            runs.c.definition.in_(sorted(wanted)),
            outputs.c.digest.is_not(None),
            attempts.c.state.in_(KEPT),
        )
        .order_by(outputs.c.written, outputs.c.run, outputs.c.source, attempts.c.item)
    )
    return connection.execute(query).all()
