"""A graph as one SVG: laid out by igraph (Sugiyama: layers, few crossings), drawn here, with nothing from elsewhere."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any, Final

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.rendering.screen import harmless

LETTER, LINE, PAD = 7.3, 30.0, 14.0
"""Of the type in which names are written: as wide as a letter, as high as a box, around the text."""
BESIDE, BETWEEN, MARGIN = 24.0, 56.0, 16.0
FARTHEST: Final = 20
"""Layers that an edge is led around the boxes of; what goes farther is drawn straight."""
LONGEST: Final = 60
"""Letters of a name that are drawn; all of them stand in the title that shows under the mouse."""

STYLE: Final = (
    "text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1c2430}"
    ".e{fill:none;stroke:#7a8494}.w{stroke-dasharray:4 3}.l{font-size:10px;fill:#5a6472}"
    ".n{fill:#eef3fb;stroke:#4a6fa5}.s{fill:#f6f1e4;stroke:#a5854a}"
)


@dataclass(frozen=True, slots=True)
class Node:
    """`is_round`: not a box; `is_many`: one box behind another; `is_late`: below all that are not."""

    text: str
    is_round: bool = False
    is_many: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another by their numbers; `is_weak` is drawn dashed."""

    start: int
    end: int
    text: str = ""
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Where nodes stand (their middles), and the bends of edges."""

    nodes: Sequence[_Place]
    bends: Sequence[Sequence[_Place]]
    width: float
    height: float


def library(name: str) -> Any:
    """What draws, loaded only here."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as fault:
        package = (fault.name or name).partition(".")[0]
        text = f"the package `{package}` is not installed"
        raise SpecRejected([Diagnostic("PG525", text, hint="pip install 'pipeglot[plot]'")]) from None


def svg(nodes: Sequence[Node], edges: Sequence[Edge], *, right: bool = False) -> str:
    """From top to bottom, or to the `right`. The same graph gives the same text."""
    igraph = library("igraph")
    drawing = _laid_out(igraph, nodes, edges, right)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width:.0f}" height="{drawing.height:.0f}" '
        f'viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" role="img">',
        f"<style>{STYLE}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#7a8494"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    lines += [_edge(edge, nodes, drawing, at, right) for at, edge in enumerate(edges)]
    lines += [_node(node, place) for node, place in zip(nodes, drawing.nodes, strict=True)]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _laid_out(igraph: Any, nodes: Sequence[Node], edges: Sequence[Edge], right: bool) -> _Drawing:
    layers = _layers(igraph, nodes, edges)
    pairs: list[tuple[int, int]] = []
    routes: list[range] = []
    for edge in edges:
        routes.append(_route(edge, layers, pairs))
    graph = igraph.Graph(n=len(layers), edges=pairs, directed=True)
    points = _apart(graph.layout_sugiyama(layers=layers).coords)
    widest = max((_width(node) for node in nodes), default=0.0)
    # igraph's unit is one node beside another, and one layer below another
    scale = (LINE + BESIDE, widest + BETWEEN) if right else (widest + BESIDE, LINE + BETWEEN)
    least, most = (tuple(end((point[axis] for point in points), default=0.0) for axis in (0, 1)) for end in (min, max))

    def placed(point: Sequence[float]) -> _Place:
        across, along = ((point[axis] - least[axis]) * scale[axis] for axis in (0, 1))
        x, y = (along, across) if right else (across, along)
        return _Place(MARGIN + widest / 2 + x, MARGIN + LINE / 2 + y)

    places, far = [placed(point) for point in points], placed(most)
    bends = [[places[at] for at in route] for route in routes]
    return _Drawing(places[: len(nodes)], bends, far.x + widest / 2 + MARGIN, far.y + LINE / 2 + MARGIN)


def _apart(points: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """As igraph put them, but no two of a layer nearer than one unit, which it does not always keep."""
    found = [(float(point[0]), float(point[1])) for point in points]
    before: tuple[float, float] | None = None
    for at in sorted(range(len(found)), key=lambda at: (found[at][1], found[at][0])):
        across, along = found[at]
        if before is not None and before[1] == along:
            across = max(across, before[0] + 1)
        found[at] = before = across, along
    return found


def _layers(igraph: Any, nodes: Sequence[Node], edges: Sequence[Edge]) -> list[int]:
    """Each node one layer below the lowest of those that lead to it, but for edges that would close a circle."""
    graph = igraph.Graph(n=len(nodes), edges=[(edge.start, edge.end) for edge in edges], directed=True)
    graph.delete_edges(graph.feedback_arc_set(None, "eades"))
    found = [0] * len(nodes)
    order: list[int] = graph.topological_sorting()
    for node in order:
        below: list[int] = graph.successors(node)
        for after in below:
            found[after] = max(found[after], found[node] + 1)
    above = max((layer for layer, node in zip(found, nodes, strict=True) if not node.is_late), default=-1) + 1
    return [layer + above * node.is_late for layer, node in zip(found, nodes, strict=True)]


def _route(edge: Edge, layers: list[int], pairs: list[tuple[int, int]]) -> range:
    """An edge over several layers goes through a place of its own in each between, so that it crosses no box."""
    upper, lower = sorted((edge.start, edge.end), key=lambda node: layers[node])
    between = range(layers[upper] + 1, layers[lower])
    if len(between) > FARTHEST or upper == lower:
        return range(0)
    first = len(layers)
    layers += between
    route = range(first, len(layers))
    pairs += pairwise([upper, *route, lower])
    return route


def _shown(text: str) -> str:
    plain = harmless(text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def _width(node: Node) -> float:
    wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in _shown(node.text))
    return wide * LETTER + 2 * PAD


def _node(node: Node, place: _Place) -> str:
    width = _width(node)
    x, y = place.x - width / 2, place.y - LINE / 2
    corner = LINE / 2 if node.is_round else 3
    box = f'width="{width:.1f}" height="{LINE:.0f}" rx="{corner:.0f}" class="{"s" if node.is_round else "n"}"/>'
    behind = f'<rect x="{x + 4:.1f}" y="{y + 4:.1f}" {box}' if node.is_many else ""
    text = f'<text x="{place.x:.1f}" y="{place.y + 4:.1f}" text-anchor="middle">{_text(_shown(node.text))}</text>'
    return f'<g><title>{_text(harmless(node.text))}</title>{behind}<rect x="{x:.1f}" y="{y:.1f}" {box}{text}</g>'


def _edge(edge: Edge, nodes: Sequence[Node], drawing: _Drawing, at: int, right: bool) -> str:
    start, end = drawing.nodes[edge.start], drawing.nodes[edge.end]
    back = (end.x < start.x) if right else (end.y < start.y)
    bends = drawing.bends[at][:: -1 if back else 1]
    side = -1 if back else 1
    out, into = _beside(start, nodes[edge.start], side, right), _beside(end, nodes[edge.end], -side, right)
    path = " ".join(f"{point.x:.1f},{point.y:.1f}" for point in (out, *bends, into))
    line = f'<polyline points="{path}" class="{"e w" if edge.is_weak else "e"}" marker-end="url(#a)"/>'
    if not edge.text:
        return line
    other = bends[0] if bends else into
    x, y = (out.x + other.x) / 2, (out.y + other.y) / 2
    return f'{line}<text x="{x + 4:.1f}" y="{y:.1f}" class="l">{_text(_shown(edge.text))}</text>'


def _beside(place: _Place, node: Node, side: int, right: bool) -> _Place:
    """Where an edge touches a node."""
    if right:
        return _Place(place.x + side * _width(node) / 2, place.y)
    return _Place(place.x, place.y + side * LINE / 2)


def _text(text: str) -> str:
    return escape(text, quote=True)
