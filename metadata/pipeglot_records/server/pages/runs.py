"""Runs: all that are asked for, and the pipelines they are of."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.queries import asking, filter
from pipeglot_records.server.pages.page import Asked, Page, Shown
from pipeglot_records.show import run_list
from pipeglot_records.store.tables import runs

USUAL: Final = ("run", "pipeline", "state", "started", "duration", "target", "profile")
STATES: Final = ("succeeded", "failed", "cancelled", "running", "unknown")
ON_A_PAGE, MOST, WIDEST = 50, 1000, 50
STRIP: Final = 30
"""The last runs of a pipeline that its strip shows."""
FILTERS: Final = ("pipeline", "state", "where", "sort", "desc", "columns", "limit")


def listed(asked: Asked) -> Shown:
    limit = asked.count("limit", ON_A_PAGE, MOST)
    found, columns = _rows(asked, limit + 1)
    words = {name: asked.get(name) for name in FILTERS[:4] + FILTERS[5:6]}
    return {
        "rows": found[:limit],
        "columns": columns,
        "asked": {**words, "desc": asked.switch("desc")},
        "states": STATES,
        "more": min(limit * 2, MOST) if len(found) > limit and limit < MOST else None,
        "is_live": any(row.get("state") == "running" for row in found[:limit]),
    }


def _rows(asked: Asked, limit: int) -> tuple[list[dict[str, Json]], tuple[str, ...]]:
    more = asked.listed("columns")
    if len(more) > WIDEST:
        raise asked.refusal(400, f"`columns` names more than {WIDEST} fields")
    words = {name: asked.get(name) or None for name in ("pipeline", "state", "where", "sort")}
    columns = ",".join([*USUAL, *more]) if more else None
    question = asking.Asking(**words, desc=asked.switch("desc"), columns=columns, limit=limit)
    try:
        wanted, fields = asking.read(question, USUAL)
        found = [dict(row) for row in run_list.asked(asked.store, wanted, fields)]
    except filter.FilterFault as fault:
        raise asked.refusal(400, fault.message, fault.hint) from None
    except filter.NotComparable as fault:
        raise asked.refusal(400, str(fault)) from None
    return found, tuple(".".join(field) for field in fields) or USUAL


def pipelines(asked: Asked) -> Shown:
    """Each with its last runs: how many of those that are over have succeeded, and how long they took."""
    newest = sql.func.max(runs.c.first)
    counted = sql.select(runs.c.pipeline, sql.func.count()).group_by(runs.c.pipeline).order_by(newest.desc())
    with asked.store.reading() as connection:
        rows = connection.execute(counted.limit(MOST)).all()
    return {"rows": [_pipeline(asked, name, number) for name, number in rows]}


def _pipeline(asked: Asked, name: str | None, number: int) -> Shown:
    wanted, _ = asking.read(asking.Asking(pipeline=name, limit=STRIP), USUAL)
    last = run_list.list_runs(asked.store, wanted) if name is not None else []
    over = [row for row in last if row["ended"] is not None]
    well = sum(row["state"] == "succeeded" for row in over)
    return {
        "pipeline": name,
        "runs": number,
        "rate": well / len(over) if over else None,
        "last": last[::-1],
        "longest": max((row["duration"] or 0.0 for row in over), default=0.0),
    }


PAGES: Final = (Page("/", "runs.html", listed, FILTERS), Page("/pipelines", "pipelines.html", pipelines))
