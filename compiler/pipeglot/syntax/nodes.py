"""A YAML text as a tree of nodes that know where they begin and end; read only when there is something to say."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from pipeglot.syntax.events import events

DEEPEST: Final = 100
"""Nothing deeper is read: libyaml's time grows with the square of the depth."""
_STRETCH: Final = 500


class Kind(enum.Enum):
    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"
    ALIAS = "alias"


_KINDS: dict[type[object], Kind] = {
    ScalarEvent: Kind.SCALAR,
    MappingStartEvent: Kind.MAPPING,
    SequenceStartEvent: Kind.SEQUENCE,
    AliasEvent: Kind.ALIAS,
}


@dataclass(slots=True, eq=False)
class Node:
    """`start` and `end` are offsets in code points. A mapping's `parts` are its keys and values in turn."""

    kind: Kind
    start: int
    end: int
    depth: int
    value: str = ""
    style: str = ""
    tag: str | None = None
    anchor: str | None = None
    parts: list[Node] = field(default_factory=list["Node"], repr=False)
    target: Node | None = field(default=None, repr=False)
    """Of an alias; None where nothing has its name."""
    circular: bool = False
    """An alias to a collection that holds it."""
    ended: bool = False

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        return list(zip(self.parts[::2], self.parts[1::2], strict=False))


@dataclass(slots=True)
class Tree:
    """What could be read: up to `fault` where the text is no YAML from there on."""

    root: Node | None = None
    fault: yaml.MarkedYAMLError | None = None
    version: tuple[int, int] | None = None
    tagged: bool = False
    second: int | None = None
    """Where another document begins."""
    last: Node | None = None
    """The node that ended or began last."""
    around: list[Node] = field(default_factory=list["Node"], repr=False)
    """The collections that had not ended, the innermost last."""


def compose(text: str) -> Tree:
    tree = Tree()
    for _ in growing(text, tree):
        pass
    return tree


def growing(text: str, tree: Tree) -> Iterator[None]:
    """Reads the text into the tree, a stretch with each step: whoever looks for one place may stop when it is there."""
    get = events(text)
    try:
        get()
        start: Any = get()
        if type(start) is DocumentStartEvent:
            tree.version, tree.tagged = start.version, bool(start.tags)
            yield from _document(get, tree)
    except yaml.MarkedYAMLError as fault:
        tree.fault = fault


def _document(get: Any, tree: Tree) -> Iterator[None]:  # noqa: C901  # one hot loop
    stack = tree.around
    anchors: dict[str, Node] = {}
    for count in itertools.count(1):
        if not count % _STRETCH:
            yield
        event = get()
        sort = event.__class__
        kind = _KINDS.get(sort)
        if kind is not None:
            node = _node(event, kind, len(stack))
            tree.last = node
            if kind is Kind.ALIAS:
                node.target = anchors.get(node.value)
                node.circular = node.target is not None and not node.target.ended
            elif node.anchor:
                anchors[node.anchor] = node
            if stack:
                stack[-1].parts.append(node)
            else:
                tree.root = node
            if not node.ended:
                stack.append(node)
        elif sort in (MappingEndEvent, SequenceEndEvent):
            tree.last = node = stack.pop()
            node.end, node.ended = event.end_mark.index, True
        else:
            break
        if len(stack) > DEEPEST:
            return
    after = get()
    if type(after) is not StreamEndEvent:
        tree.second = after.start_mark.index


def _node(event: Any, kind: Kind, depth: int) -> Node:
    node = Node(kind, event.start_mark.index, event.end_mark.index, depth + 1, anchor=event.anchor)
    if kind is Kind.ALIAS:
        node.value, node.anchor, node.ended = event.anchor, None, True
        return node
    node.tag = event.tag
    if kind is Kind.SCALAR:
        node.value, node.style, node.ended = event.value, event.style or "", True
    return node
