"""How large a value may be that stands in the spec, and how many may stand together: the rest is refused at once."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.diagnostics import MOST, Diagnostic
from pipeglot.diagnostics.sources import Source
from pipeglot.ir import Json, Origin
from pipeglot.spec.merging import Path
from pipeglot_expression.values import MAX_WIRE, WireFault, to_wire

ESCAPED = 6
"""As many bytes on the wire as one character has at most."""
ARGUMENT = 128 * 1024 - 1
"""Bytes of one argument or variable: Linux takes no longer ones."""
ENTRIES = 10_000
"""Of one map or list of the language; steps are as many as there are."""
EXPRESSIONS = 1_000
"""Of one step."""
ALL_EXPRESSIONS = 100_000
"""Of all steps, with those that each has from `defaults`."""
PROFILES, FEW_PROFILES, PROFILED = 100, 10, 20_000
"""At most so many, and where these are times so many steps more than that: so few."""
OF_STEPS = ("steps", "on_exit")
SMALL = 20_000
"""Letters of a text in which nothing can stand too often."""
VALUES = frozenset(("default", "value", "foreach"))
"""Under these stand values, which are held to their size."""
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


def crowds(source: Source) -> tuple[Diagnostic, ...]:
    """What stands in a file more often than anything is made for: whatever looks at each would take too long."""
    data, text = source.data, source.text
    steps = [(group, id) for group in OF_STEPS for id in _map(data.get(group))]
    found = [*_profiles(len(_map(data.get("profiles"))), len(steps))]
    if not found and len(text) <= SMALL and "&" not in text and text.count("${{") * (len(steps) + 1) <= EXPRESSIONS:
        return ()
    found = found or [*_crowded(data, (), set()), *_expressions(data, steps)]
    return tuple(Diagnostic("PG351", message, Origin(source.name, path)) for message, path in found[:MOST])


def _map(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _profiles(count: int, steps: int) -> Iterator[tuple[str, Path]]:
    most = max(FEW_PROFILES, min(PROFILES, PROFILED // max(1, steps)))
    if count > most:
        yield f"there are {count:,} profiles of {steps:,} steps, and {most:,} are the most", ("profiles",)


def _crowded(value: Json, path: Path, seen: set[int]) -> Iterator[tuple[str, Path]]:
    """Of the pipeline, of steps and of a step it is said elsewhere; what aliases repeat is looked at once."""
    if not isinstance(value, dict | list) or id(value) in seen:
        return
    seen.add(id(value))
    if len(value) > ENTRIES and len(path) > 0 and not (len(path) < 3 and path[0] in OF_STEPS):
        yield f"`{path[-1]}` has {len(value):,} entries, and {ENTRIES:,} are the most", path
        return
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        if key not in VALUES:
            yield from _crowded(part, (*path, key), seen)


def _expressions(data: dict[str, Json], steps: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    known: dict[int, int] = {}
    inherited, total = expressions(data.get("defaults"), known), 0
    for group, id in steps:
        step = _map(data[group])[id]
        own = expressions(step, known)
        total += own + (0 if "uses" in _map(step) else inherited)
        if own > EXPRESSIONS:
            yield f"step `{id}` holds {own:,} expressions, and {EXPRESSIONS:,} are the most", (group, id)
    whole = expressions(data, known) if total <= ALL_EXPRESSIONS else total
    if max(total, whole) > ALL_EXPRESSIONS:
        yield f"there are {max(total, whole):,} expressions, and {ALL_EXPRESSIONS:,} are the most", ("steps",)


def expressions(value: Json, known: dict[int, int]) -> int:
    """How many stand in a value; `known` are those of maps and lists, which aliases may repeat very often."""
    if isinstance(value, str):
        return value.count("${{")
    if not isinstance(value, dict | list):
        return 0
    if id(value) not in known:
        parts = value.values() if isinstance(value, dict) else value
        known[id(value)] = sum(expressions(part, known) for part in parts)
    return known[id(value)]
