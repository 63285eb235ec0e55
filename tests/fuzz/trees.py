"""A YAML text as a tree that can be broken: each scalar as it is written, keys as often as they are written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

import yaml

Node: TypeAlias = "Map | Seq | Scalar"


@dataclass(eq=False)
class Scalar:
    """`raw` is written as it stands, whatever it is."""

    raw: str


@dataclass(eq=False)
class Seq:
    items: list[Node]


@dataclass(eq=False)
class Map:
    """`prefix` is an anchor or a tag, with the blank behind it."""

    pairs: list[tuple[str, Node]]
    prefix: str = ""


def read(text: str) -> Node | None:
    """None where the text is no YAML, or one with aliases, and can be broken as a text alone."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, loader)):
            return None
        found = yaml.compose(text, loader)
    except yaml.YAMLError:
        return None
    return None if found is None else _node(found)


def _node(found: yaml.Node) -> Node:
    if isinstance(found, yaml.MappingNode):
        return Map([(_raw(key), _node(value)) for key, value in found.value])
    if isinstance(found, yaml.SequenceNode):
        return Seq([_node(item) for item in found.value])
    return Scalar(_raw(found))


def _raw(found: yaml.Node) -> str:
    plain = isinstance(found, yaml.ScalarNode) and not found.style and "\n" not in found.value
    return found.value if plain else json.dumps(found.value, ensure_ascii=False)


def copied(node: Node) -> Node:
    if isinstance(node, Map):
        return Map([(key, copied(value)) for key, value in node.pairs], node.prefix)
    if isinstance(node, Seq):
        return Seq([copied(item) for item in node.items])
    return Scalar(node.raw)


def inner(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    if isinstance(node, Map):
        for _, value in node.pairs:
            yield from inner(value)
    elif isinstance(node, Seq):
        for item in node.items:
            yield from inner(item)


def written(node: Node, random: Random, depth: int = 0) -> str:
    """Block style with flow style in it, more of it the deeper."""
    if isinstance(node, Scalar) or depth > 12 or random.random() < 0.05 * depth:
        return _flow(node)
    if isinstance(node, Map):
        pairs = "".join(f"{'  ' * depth}{key}:{_below(value, random, depth)}" for key, value in node.pairs)
        return pairs if pairs else "{}"
    return "".join(f"{'  ' * depth}-{_below(item, random, depth)}" for item in node.items) or "[]"


def _below(node: Node, random: Random, depth: int) -> str:
    text = written(node, random, depth + 1)
    prefix = f" {node.prefix.rstrip()}" if isinstance(node, Map) and node.prefix else ""
    block = text.endswith("\n") and not isinstance(node, Scalar)
    return f"{prefix}\n{text}" if block else f"{prefix} {text}\n"


def _flow(node: Node) -> str:
    if isinstance(node, Map):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in node.pairs) + "}"
    if isinstance(node, Seq):
        return "[" + ", ".join(map(_flow, node.items)) + "]"
    unsafe = node.raw[:1] not in "\"'" and any(mark in node.raw for mark in ",[]{}")
    return json.dumps(node.raw, ensure_ascii=False) if unsafe else node.raw
