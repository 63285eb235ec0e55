"""Which runs are kept, and why; and where the artifacts of runs are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_expression.runtime.contract import SUCCEEDED
from pipeglot_records.model.facts import fold
from pipeglot_records.model.json_values import mapping
from pipeglot_records.store import journal
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import attempts, outputs

PARTIAL = frozenset({"only", "until", "replay"})
"""Runs that were asked for a part are kept as long as what is around them; they are not among those that count."""


def reasons(
    store: Store,
    rows: Sequence[sql.Row[Any]],
    last: int | None,
    holding: set[str],
    named: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Why each run is kept; empty where it is not. `rows` has the newest first; `holding` counts, the others do not.

    `named` are runs that others need, with what is said of them.
    """
    reused = _reused(store, [row.run for row in rows])
    used = {str(reused[row.run].get("run")) for row in rows if row.ended is None}
    counted, succeeded = dict[str, int](), set[str]()
    why: dict[str, str] = {}
    for row in rows:
        pipeline = str(row.pipeline)
        whole = row.run in holding and not PARTIAL & set(reused[row.run])
        why[row.run] = _why(row, last is None or counted.get(pipeline, 0) < last, used)
        if row.ended is not None and whole:
            counted[pipeline] = counted.get(pipeline, 0) + 1
            if row.state == SUCCEEDED and pipeline not in succeeded:
                succeeded.add(pipeline)
                why[row.run] = why[row.run] or "the last that succeeded"
    return {run: said or named.get(run, "") for run, said in why.items()}


def _why(row: sql.Row[Any], is_kept: bool, used: set[str]) -> str:
    if row.ended is None:
        return "it is not over"
    if is_kept:
        return "kept"
    if row.run in used:
        return "a run that is not over goes on from it"
    return ""


def _reused(store: Store, runs: Sequence[str]) -> dict[str, Mapping[str, Json]]:
    """What each run was asked for, where that is less than all."""
    with store.reading() as connection:
        return {run: mapping(fold(run, journal.of_run_level(connection, run)).head.get("reuses")) for run in runs}


def all_places(store: Store) -> Iterator[tuple[str, str, str, str]]:
    """Where the artifacts of all runs are: the run, the place, the step, and the digest as text."""
    columns = (outputs.c.run, outputs.c.uri, attempts.c.step, outputs.c.digest)
    query = (
        sql.select(*columns)
        .join(attempts, attempts.c.attempt == outputs.c.attempt)
        .where(outputs.c.uri.is_not(None), outputs.c.digest.is_not(None))
    )
    with store.reading() as connection:
        for run, uri, step, digest in connection.execute(query):
            yield run, uri.removeprefix("file://"), step, digest
