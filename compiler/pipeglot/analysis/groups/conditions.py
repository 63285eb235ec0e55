"""What the fields of a group come to for its steps: which failures hold them back, and how the group itself ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pipeglot.analysis.fan_out import PER_ITEM as PER_ITEM
from pipeglot.analysis.fan_out import per_item, reads_beside
from pipeglot.ir import Tree
from pipeglot_expression.runtime.contract import CANCELLED, FAILED, SKIPPED, SUCCEEDED


def after_failure(needs: Iterable[tuple[str, bool]]) -> Tree:
    """Whether one of the steps failed, or did not run because of a failure; of each also whether it may fail."""
    terms: list[Tree] = [
        ["in", _status(id), ["lit", [CANCELLED] if allowed else [FAILED, CANCELLED]]] for id, allowed in needs
    ]
    return _all("or", terms) or ["lit", False]


def of_items(tree: Tree, group: str) -> bool:
    """Whether a condition has another value for each item of a fanned-out group."""
    return per_item(tree) or reads_beside(tree, group)


def both(first: Tree | None, second: Tree | None) -> Tree | None:
    return ["and", first, second] if first and second else first or second


def state(steps: Collection[str], allowed: Collection[str], groups: Iterable[Tree], held: Tree | None) -> Tree:
    """The state of a group, as text: from the states of what is right inside, and from its own condition."""
    inside: list[Tree] = [*map(_status, steps), *groups]
    strict: list[Tree] = [*(_status(id) for id in steps if id not in allowed), *groups]
    ended: Tree = ["lit", SUCCEEDED]
    if held is not None:
        ended = _chosen(["call", "default", held, ["lit", False]], ended, ["lit", SKIPPED])
    ended = _chosen(["in", ["lit", CANCELLED], ["list", *inside]], ["lit", CANCELLED], ended)
    return ["text", _chosen(["in", ["lit", FAILED], ["list", *strict]], ["lit", FAILED], ended)]


def _status(step: str) -> Tree:
    return ["ref", "steps", step, "status"]


def _all(operation: str, terms: list[Tree]) -> Tree | None:
    found: Tree | None = None
    for term in terms:
        found = term if found is None else [operation, found, term]
    return found


def _chosen(condition: Tree, held: Tree, otherwise: Tree) -> Tree:
    """The language has no conditional of its own."""
    return ["get", ["dict", ["true", held], ["false", otherwise]], ["call", "json", condition]]
