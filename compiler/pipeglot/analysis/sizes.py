"""How large a value may be that stands in the spec: what no step could be given is refused before anything starts."""

from __future__ import annotations

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.ir import Json
from pipeglot.spec.merging import Path
from pipeglot_expression.values import MAX_WIRE, WireFault, to_wire

ESCAPED = 6
"""As many bytes on the wire as one character has at most."""
ARGUMENT = 128 * 1024 - 1
"""Bytes of one argument or variable: Linux takes no longer ones."""
ARTIFACT = "what is larger is written to a file, which the step reads"


def check_value(value: Json, what: str, path: Path, collector: Collector) -> None:
    """A whole value, which the wire must carry."""
    size = _wire(value)
    if size > MAX_WIRE:
        message = f"{what} is {size} bytes as it travels between steps, and at most {MAX_WIRE} fit: {ARTIFACT}"
        collector.report("PG326", message, path)


def check_input(tree: SourcedTree, what: str, collector: Collector) -> None:
    """As far as it is known: the rest is looked at when the step starts."""
    size = _known(tree.tree)
    if size > MAX_WIRE:
        message = f"{what} is at least {size} bytes as it travels between steps, and at most {MAX_WIRE} fit: {ARTIFACT}"
        collector.report("PG326", message, tree.path)


def check_argument(tree: SourcedTree, what: str, collector: Collector) -> None:
    size = len(tree.tree[1].encode("utf-8", "replace")) if tree.is_literal and isinstance(tree.tree[1], str) else 0
    if size > ARGUMENT:
        message = f"{what} is {size} bytes long, and no system takes more than {ARGUMENT}: {ARTIFACT}"
        collector.report("PG326", message, tree.path)


def _known(tree: Json) -> int:
    """Bytes that the literal parts of a tree have."""
    if not isinstance(tree, list) or not tree or tree[0] in ("ref", "call", "get"):
        return 0
    if tree[0] == "lit":
        return _wire(tree[1])
    if tree[0] == "text":
        return sum(_wire(part) if isinstance(part, str) else _known(part) for part in tree[1:])
    if tree[0] == "dict":
        return sum(_known(pair[1]) for pair in tree[1:] if isinstance(pair, list))
    return sum(map(_known, tree[1:])) if tree[0] == "list" else 0


def _wire(value: Json) -> int:
    """0 for what is far from the limit, and for what cannot be handed on for another reason."""
    if _at_most(value) <= MAX_WIRE:
        return 0
    try:
        return len(to_wire(value, limit=None))
    except WireFault:
        return 0


def _at_most(value: Json) -> int:
    if isinstance(value, str):
        return ESCAPED * len(value) + 2
    if isinstance(value, list):
        return 2 + sum(_at_most(part) + 1 for part in value)
    if isinstance(value, dict):
        return 2 + sum(_at_most(str(key)) + _at_most(part) + 2 for key, part in value.items())
    return 25
