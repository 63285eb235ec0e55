"""`pipeglot metrics --plot`: curves as a picture, a panel for each metric, drawn by matplotlib."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.rendering.screen import harmless
from pipeglot.rendering.svg import library
from pipeglot_records.show.formatting import shortened
from pipeglot_records.show.questions.curves import Curve

ENDINGS: Final = (".svg", ".png")
PANELS: Final = 60
"""Metrics of one picture."""
LEGEND: Final = 12
"""Curves that are named beside a panel."""
WIDE, HIGH, BESIDE = 5.5, 3.2, 2
SETTINGS: Final = {
    # names are no formulas, and a picture depends on no settings of whoever draws it
    "text.parse_math": False,
    "text.usetex": False,
    # text stays text, and the same curves give the same bytes
    "svg.fonttype": "none",
    "svg.hashsalt": "pipeglot",
}


def plot(found: Sequence[Curve], name: str) -> None:
    """Raises `SpecRejected` where there is nothing to draw, or no place for it."""
    path = Path(name)
    if path.suffix.lower() not in ENDINGS:
        raise _rejected(
            "PG506", f"`{path.name}` ends in neither `.svg` nor `.png`", f"write `{path.stem or 'plot'}.svg`"
        )
    panels = _panels(found)
    if not panels:
        raise _rejected("PG550", "there are no metrics to draw", "`pipeglot metrics RUN` lists those of a run")
    if len(panels) > PANELS:
        raise _rejected(
            "PG506", f"one picture has {PANELS} metrics, and these are {len(panels)}", "choose with `--name`"
        )
    path.write_bytes(_drawn(panels, path.suffix.lower()[1:]))


def _drawn(panels: dict[str, list[Curve]], form: str) -> bytes:
    matplotlib = library("matplotlib")
    out = io.BytesIO()
    # where a font lacks a letter, matplotlib draws a box and says so
    with warnings.catch_warnings(), matplotlib.rc_context():
        warnings.simplefilter("ignore", UserWarning)
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        about = {"Date": None} if form == "svg" else {}
        _figure(panels).savefig(out, format=form, dpi=110, metadata=about)
    return out.getvalue()


def _panels(found: Sequence[Curve]) -> dict[str, list[Curve]]:
    panels: dict[str, list[Curve]] = {}
    for curve in found:
        panels.setdefault(curve.name, []).append(curve)
    return panels


def _figure(panels: dict[str, list[Curve]]) -> Any:
    across = min(BESIDE, len(panels))
    down = math.ceil(len(panels) / across)
    figure = library("matplotlib.figure").Figure(figsize=(WIDE * across, HIGH * down), layout="constrained")
    places = list(figure.subplots(down, across, squeeze=False).flat)
    for axes, (name, curves) in zip(places, panels.items(), strict=False):
        _panel(axes, name, curves)
    for axes in places[len(panels) :]:
        axes.set_axis_off()
    return figure


def _panel(axes: Any, name: str, curves: Sequence[Curve]) -> None:
    axes.set_title(_text(name), fontsize=10)
    axes.grid(visible=True, alpha=0.3)
    steps = all(point.at is not None for curve in curves for point in curve.points)
    axes.set_xlabel("step" if steps else "point", fontsize=8)
    axes.tick_params(labelsize=8)
    lines = [_line(axes, curve, steps) for curve in curves]
    named = [line for line, _ in zip(lines, curves[:LEGEND], strict=False)]
    axes.legend(named, [_text(curve.place) for curve in curves[:LEGEND]], fontsize=7)


def _line(axes: Any, curve: Curve, steps: bool) -> Any:
    """Gaps stand for NaN and infinity. One point is a mark, of which no line could be drawn."""
    across = [point.at if steps else float(number) for number, point in enumerate(curve.points, 1)]
    values = [value if value is not None and math.isfinite(value) else math.nan for value in _values(curve)]
    return axes.plot(across, values, linewidth=1.2, marker="o" if len(values) == 1 else None, markersize=4)[0]


def _values(curve: Curve) -> list[float | None]:
    return [point.value for point in curve.points]


def _text(name: str) -> str:
    """A label that begins with `_` is left out of a legend."""
    plain = shortened(harmless(name), 40)
    return f" {plain}" if plain.startswith("_") else plain


def _rejected(code: str, message: str, hint: str | None = None) -> SpecRejected:
    return SpecRejected([Diagnostic(code, message, hint=hint)])
