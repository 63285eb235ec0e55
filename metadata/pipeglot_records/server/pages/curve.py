"""Curves as SVG: one, or several over each other. Nothing in it but figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from pipeglot_records.show.formatting import figure
from pipeglot_records.show.questions.curves import Point

WIDTH, HEIGHT, PAD = 560.0, 180.0, 8.0
MOST: Final = 1000
"""Points of a line; of more every so-many-th is drawn, the last one always."""
KINDS: Final = 10
"""Classes `c0` to `c9`: the style sheet has their colours."""


def curve(points: Sequence[Point]) -> str:
    return over_each_other([points])


def over_each_other(lines: Sequence[Sequence[Point]]) -> str:
    """By what each counted, else by the order of its points. What is no number is a gap. Empty where nothing is."""
    placed = [_placed(points) for points in lines]
    known = [point for line in placed for point in line if point is not None]
    if not known:
        return ""
    (left, right), (low, high) = (_extent([point[axis] for point in known]) for axis in (0, 1))
    across, up = WIDTH - 2 * PAD, HEIGHT - 2 * PAD

    def at(point: tuple[float, float]) -> str:
        x = PAD + across * (point[0] - left) / (right - left)
        y = HEIGHT - PAD - up * (point[1] - low) / (high - low)
        return f"{x:.1f},{y:.1f}"

    drawn = "".join(
        f'<polyline class="c{number % KINDS}" points="{" ".join(map(at, piece))}"/>'
        for number, line in enumerate(placed)
        for piece in _pieces(line)
    )
    ends = f"from {figure(known[0][1])} to {figure(known[-1][1])}, least {figure(min(p[1] for p in known))}"
    label = f"{ends}, greatest {figure(max(p[1] for p in known))}"
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" class="curve" role="img" aria-label="{label}">'
        f"<title>{label}</title>{drawn}</svg>"
    )


def _placed(points: Sequence[Point]) -> list[tuple[float, float] | None]:
    every = max(1, math.ceil(len(points) / MOST))
    chosen = [(number, point) for number, point in enumerate(points) if not number % every or number == len(points) - 1]
    return [_place(number, point) for number, point in chosen]


def _place(number: int, point: Point) -> tuple[float, float] | None:
    across = float(number) if point.at is None else point.at
    if point.value is None or not math.isfinite(point.value) or not math.isfinite(across):
        return None
    return across, point.value


def _extent(values: Sequence[float]) -> tuple[float, float]:
    """Where all are the same it is in the middle."""
    least, most = min(values), max(values)
    return (least, most) if most > least else (least - 1.0, least + 1.0)


def _pieces(line: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = [[]]
    for point in line:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    # one point alone is a line to itself: it is a dot where lines have round ends
    return [piece * 2 if len(piece) == 1 else piece for piece in found if piece]
