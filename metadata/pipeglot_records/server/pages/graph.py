"""The graph of a run with the states of its steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot.rendering.svg import Edge, Node, svg
from pipeglot_records.show.formatting import MARKS
from pipeglot_records.store.database import Store
from pipeglot_records.store.runs import load

LARGEST: Final = 400
"""Steps of which a graph is drawn."""


def drawn(store: Store, run: str, steps: Iterable[Mapping[str, Json]]) -> str:
    """As SVG, which holds escaped text alone; empty where nothing draws here, or there is too much of it."""
    defined = [*load(store, run).definition.steps.values()]
    if not 0 < len(defined) <= LARGEST:
        return ""
    numbers = {each.id: at for at, each in enumerate(defined)}
    states = {str(each.get("step")): str(each.get("state")) for each in steps}
    marks = [MARKS.get(states.get(each.id, ""), ("·",))[0] for each in defined]
    nodes = [
        Node(f"{mark} {each.id}", is_many=each.items is not None, is_late=each.on_exit)
        for mark, each in zip(marks, defined, strict=True)
    ]
    edges = [Edge(numbers[need], at) for at, each in enumerate(defined) for need in each.needs if need in numbers]
    try:
        return svg(nodes, edges)
    except SpecRejected:
        return ""
