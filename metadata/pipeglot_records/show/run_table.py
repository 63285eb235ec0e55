"""`pipeglot runs`: as a table, and for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import cast

from pipeglot.ir import Json
from pipeglot_records.model.json_values import write
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import duration, figure, shortened, size
from pipeglot_records.show.run_list import RunEntry

SHORT = 13
WIDEST = 40


def as_text(rows: Sequence[Mapping[str, Json]], *, usual: bool) -> str:
    return table_text(rows) if not usual else runs_text(cast("list[RunEntry]", rows))


def runs_text(entries: list[RunEntry]) -> str:
    if not entries:
        return "no runs\n"
    is_sized = "disk" in entries[0]
    rows = [("RUN", "PIPELINE", "STATE", "STARTED (UTC)", "DURATION", "TARGET", *(("DISK",) if is_sized else ()))]
    length = _telling([entry["run"] for entry in entries])
    rows += [
        (
            entry["run"][:length],
            entry["pipeline"] or "?",
            entry["state"],
            entry["started"][:19].replace("T", " "),
            duration(None if entry["duration"] is None else round(entry["duration"] * 1e9)),
            entry["target"] or "",
            *((size(entry.get("disk") or 0),) if is_sized else ()),
        )
        for entry in entries
    ]
    return "\n".join(aligned(rows, right=frozenset({4, 6} if is_sized else {4}))) + "\n"


def table_text(rows: Sequence[Mapping[str, Json]]) -> str:
    if not rows:
        return "no runs\n"
    names = list(rows[0])
    numbers = frozenset(at for at, name in enumerate(names) if all(_is_number(row[name]) for row in rows))
    length = _telling([str(row["run"]) for row in rows]) if "run" in names else 0
    body = [[_cell(row[name])[: length if name == "run" else None] for name in names] for row in rows]
    return "\n".join(aligned([[name.upper() for name in names], *body], right=numbers)) + "\n"


def table_csv(rows: Sequence[Mapping[str, Json]], names: Sequence[str]) -> str:
    """RFC 4180, with LF; lists and dicts as JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_plain(row[name]) for name in names] for row in rows)
    return out.getvalue()


def _is_number(value: Json) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(value: Json) -> str:
    if isinstance(value, float):
        return figure(value)
    return shortened(_plain(value), WIDEST)


def _plain(value: Json) -> str:
    return "" if value is None else value if isinstance(value, str) else write(value)


def _telling(ids: Sequence[str]) -> int:
    """Characters of an id that tell these runs apart; at least a few, so that they can be typed."""
    count = len(set(ids))
    return next((length for length in range(SHORT, 36) if len({run[:length] for run in ids}) == count), 36)
