"""`pipeglot metrics`: the series of a run, each point, as a line of little bars, as JSON and for spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.model.keepable import measure_told
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import figure, instant, shortened
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import attempts, metrics

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 32
"""Bars of a line at most: each stands for as many points as it takes."""


@dataclass(frozen=True, slots=True)
class Point:
    """`value` is None where it was NaN, `at` where no step was said; `time` is in nanoseconds since 1970."""

    value: float | None
    at: float | None
    time: int


@dataclass(frozen=True, slots=True)
class Curve:
    """What one attempt told of one metric, in the order in which it was told."""

    step: str
    item: str | None
    attempt: str
    name: str
    points: tuple[Point, ...]

    @property
    def place(self) -> str:
        return self.step if self.item is None else f"{self.step}[{self.item}]"


def curves(store: Store, run: str, step: str | None = None, name: str | None = None) -> tuple[Curve, ...]:
    """Of a run by its whole id: steps by their ids, items by their numbers, tries in their order."""
    query = (
        sql.select(metrics, attempts.c.step, attempts.c.item, attempts.c.started)
        .join(attempts, attempts.c.attempt == metrics.c.attempt)
        .where(metrics.c.run == run)
    )
    if step is not None:
        query = query.where(attempts.c.step == step)
    if name is not None:
        query = query.where(metrics.c.name == name)
    found: dict[tuple[str, int, str, int, str, str], list[Point]] = {}
    with store.reading() as connection:
        for row in connection.execute(query.order_by(metrics.c.time, metrics.c.writer, metrics.c.seq)):
            item = row.item or ""
            number = int(item) if item.isdecimal() else -1
            key = (row.step, number, item, row.started or 0, row.attempt, row.name)
            found.setdefault(key, []).append(Point(row.value, row.at, row.time or 0))
    return tuple(Curve(key[0], key[2] or None, key[4], key[5], tuple(points)) for key, points in sorted(found.items()))


def page(found: Sequence[Curve]) -> str:
    if not found:
        return "no metrics\n"
    rows = [("STEP", "METRIC", "POINTS", "LAST", "LOW", "HIGH", "")]
    rows += [
        (
            shortened(curve.place, 30),
            shortened(curve.name, 30),
            str(len(curve.points)),
            figure(curve.points[-1].value),
            *_bounds(curve),
            bars(curve.points) if len(curve.points) > 1 else "",
        )
        for curve in found
    ]
    return "\n".join(aligned(rows, right=frozenset({2, 3, 4, 5}))) + "\n"


def bars(points: Sequence[Point], width: int = WIDTH) -> str:
    """A bar for each point, or for the mean of some; a blank for NaN. Low and high are those of the series."""
    known = [point.value for point in points if point.value is not None and math.isfinite(point.value)]
    if not known:
        return ""
    low, high = min(known), max(known)
    count = min(width, len(points))
    cuts = [len(points) * at // count for at in range(count + 1)]
    return "".join(_bar(points[start:end], low, high) for start, end in pairwise(cuts))


def _bar(points: Sequence[Point], low: float, high: float) -> str:
    known = [point.value for point in points if point.value is not None and math.isfinite(point.value)]
    if not known:
        return " "
    if high == low:
        return BARS[0]
    share = (sum(known) / len(known) - low) / (high - low)
    return BARS[min(len(BARS) - 1, int(share * len(BARS)))]


def _bounds(curve: Curve) -> tuple[str, str]:
    known = [point.value for point in curve.points if point.value is not None]
    return (figure(min(known)), figure(max(known))) if known else ("", "")


def as_json(found: Sequence[Curve]) -> list[Json]:
    return [
        {
            "step": curve.step,
            "item": curve.item,
            "attempt": curve.attempt,
            "name": curve.name,
            "points": [
                {"value": measure_told(point.value), "at": point.at, "time": instant(point.time)}
                for point in curve.points
            ],
        }
        for curve in found
    ]


def as_csv(found: Sequence[Curve]) -> str:
    """One point a line; RFC 4180, with LF."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("step", "item", "attempt", "name", "at", "value", "time"))
    for curve in found:
        for point in curve.points:
            at = "" if point.at is None else f"{point.at:.15g}"
            value = measure_told(point.value)
            writer.writerow((curve.step, curve.item or "", curve.attempt, curve.name, at, value, instant(point.time)))
    return out.getvalue()
