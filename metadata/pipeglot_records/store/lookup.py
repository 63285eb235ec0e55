"""Which run a person means."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sql

from pipeglot_records.faults import RunUnknown
from pipeglot_records.store.tables import definitions, runs

_SHOWN = 3
_AT_ONCE = 500
LAST = "last"


def find_run(connection: sql.Connection, name: str | None, place: str) -> str:
    """The run of this id, or of the one id that begins so; without a name, and by `last`, the newest.

    Raises `RunUnknown`.
    """
    query = sql.select(runs.c.run).order_by(runs.c.first.desc(), runs.c.run.desc())
    if name in (None, LAST):
        found = connection.scalars(query.limit(1)).all()
    else:
        wanted = str(name).lower()
        exact = connection.scalar(query.where(runs.c.run == wanted))
        if exact is not None:
            return str(exact)
        found = connection.scalars(query.where(runs.c.run.startswith(wanted, autoescape=True)).limit(_SHOWN + 1)).all()
    if not found:
        raise RunUnknown(f"there is no run {f'`{name}` ' if name else ''}in the store `{place}`")
    if len(found) > 1:
        some = ", ".join(f"`{run}`" for run in found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
        raise RunUnknown(f"`{name}` is the beginning of more than one run: {some}")
    return str(found[0])


def newest_from(connection: sql.Connection, run: str | None, count: int) -> Sequence[str]:
    """So many runs, the newest first: that one and those before it, the newest ones where none is named."""
    query = sql.select(runs.c.run).order_by(runs.c.first.desc(), runs.c.run.desc()).limit(count)
    if run is not None:
        first = sql.select(runs.c.first).where(runs.c.run == run).scalar_subquery()
        query = query.where(sql.or_(runs.c.first < first, sql.and_(runs.c.first == first, runs.c.run <= run)))
    return connection.scalars(query).all()


def newest_of(connection: sql.Connection, pipeline: str) -> str | None:
    """Of the runs of a pipeline that are over the last one."""
    query = sql.select(runs.c.run).where(runs.c.pipeline == pipeline, runs.c.ended.is_not(None))
    return connection.scalar(query.order_by(runs.c.first.desc(), runs.c.run.desc()).limit(1))


def definition_body(connection: sql.Connection, name: str | None) -> str | None:
    """A definition by its hash, as `compile` wrote it."""
    return connection.scalar(sql.select(definitions.c.body).where(definitions.c.hash == name))


def known_of(connection: sql.Connection, names: Sequence[str]) -> set[str]:
    """Those of some runs that the store has."""
    found = set[str]()
    for at in range(0, len(names), _AT_ONCE):
        found.update(connection.scalars(sql.select(runs.c.run).where(runs.c.run.in_(names[at : at + _AT_ONCE]))))
    return found
