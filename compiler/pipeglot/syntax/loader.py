"""Events to plain data, fast: no positions are kept, and what is odd is left to `pipeglot.syntax.refusals` to name."""

from __future__ import annotations

from typing import Any, Final

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

from pipeglot.diagnostics.sources import Json
from pipeglot.syntax.events import Events, events
from pipeglot.syntax.scalars import OutOfRange, is_text, resolve

DEPTH: Final = 64
"""Of collections inside each other, the document's own included."""
TOO_DEEP: Final = f"collections stand more than {DEPTH} deep inside each other"
EXPANSION: Final = 1_000_000
"""Nodes that aliases may stand for, in all."""
MERGE: Final = "<<"


class Unsupported(Exception):
    """Something stands in the text that the language refuses; it has no words here."""


class _Plain(dict[str, Json]):
    """The values of plain scalars, each resolved once."""

    def __missing__(self, text: str) -> Json:
        try:
            value = self[text] = resolve(text)
        except OutOfRange:
            raise Unsupported from None
        return value


class _Names(dict[str, str]):
    """Plain scalars that may be keys."""

    def __missing__(self, text: str) -> str:
        if text == MERGE or not is_text(text):
            raise Unsupported
        self[text] = text
        return text


class _Anchors:
    """What aliases stand for, and how much that is."""

    def __init__(self) -> None:
        self._values: dict[str, Json] = {}
        self._measured: dict[int, tuple[int, int]] = {}
        self._expanded = 0

    def mark(self, event: Any, value: Json) -> None:
        """Of a scalar. A plain one with a tag would need another reading than ours."""
        if event.tag:
            raise Unsupported
        if event.anchor:
            self._values[event.anchor] = value

    def begin(self, event: Any, depth: int) -> str | None:
        """Of a collection: until it ends nothing may stand for it."""
        if event.tag or depth > DEPTH:
            raise Unsupported
        name: str | None = event.anchor
        if name:
            self._values.pop(name, None)
        return name

    def end(self, name: str | None, value: Json) -> None:
        if name:
            # an anchor of the same name inside it is the later one
            self._values.setdefault(name, value)

    def name(self, event: Any, names: _Names) -> str:
        """The key that an event stands for."""
        if type(event) is AliasEvent:
            value = self.expand(event, 0)
        elif type(event) is ScalarEvent:
            value = event.value if event.style else names[event.value]
            self.mark(event, value)
        else:
            raise Unsupported
        if not isinstance(value, str):
            raise Unsupported
        return value

    def expand(self, event: Any, depth: int) -> Json:
        if event.anchor not in self._values:
            raise Unsupported
        value = self._values[event.anchor]
        size, height = self._measure(value)
        self._expanded += size
        if self._expanded > EXPANSION or depth + height > DEPTH:
            raise Unsupported
        return value

    def _measure(self, value: Json) -> tuple[int, int]:
        """Nodes and levels of a value, what aliases stand for included."""
        if not isinstance(value, dict | list):
            return 1, 0
        known = self._measured.get(id(value))
        if known is None:
            parts = [self._measure(part) for part in (value.values() if isinstance(value, dict) else value)]
            keys = len(value) if isinstance(value, dict) else 0
            known = 1 + keys + sum(size for size, _ in parts), 1 + max((height for _, height in parts), default=0)
            self._measured[id(value)] = known
        return known


def construct(text: str) -> dict[str, Json]:
    """The data of a text that is in order. Raises `Unsupported`, or PyYAML's error, where it is not."""
    if text.startswith("%TAG") or "\n%TAG" in text:  # very many of them would be compared with each other
        raise Unsupported
    get = events(text)
    get()
    start: Any = get()
    if type(start) is not DocumentStartEvent or start.version not in (None, (1, 2)) or start.tags:
        raise Unsupported
    first = get()
    if type(first) is not MappingStartEvent:
        raise Unsupported
    data = _mapping(get, first, marked="&" in text or "!" in text)
    get()
    if type(get()) is not StreamEndEvent:
        raise Unsupported
    return data


def _mapping(get: Events, event: Any, marked: bool) -> dict[str, Json]:  # noqa: C901  # one hot loop
    """The document's mapping. One loop, because it runs for every node of the file."""
    plain, names, anchors = _Plain(), _Names(), _Anchors()
    anchor = anchors.begin(event, 1)
    # the open collection, whether it is a mapping, and in which collections it stands
    data: dict[str, Json] = {}
    into: Any = data
    mapping = True
    stack: list[tuple[Any, bool, str | None]] = []
    name = ""
    while True:
        event = get()
        kind = event.__class__
        if kind is MappingEndEvent or kind is SequenceEndEvent:
            anchors.end(anchor, into)
            if not stack:
                return data
            into, mapping, anchor = stack.pop()
            continue
        if mapping:
            if marked or kind is not ScalarEvent:
                name = anchors.name(event, names)
            else:
                name = event.value if event.style else names[event.value]
            if name in into:
                raise Unsupported
            event = get()
            kind = event.__class__
        value: Any
        if kind is ScalarEvent:
            value = event.value if event.style else plain[event.value]
            if marked:
                anchors.mark(event, value)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            value = {} if kind is MappingStartEvent else []
        else:
            value = anchors.expand(event, len(stack) + 1)
        if mapping:
            into[name] = value
        else:
            into.append(value)
        if kind is MappingStartEvent or kind is SequenceStartEvent:
            stack.append((into, mapping, anchor))
            into, mapping, anchor = value, kind is MappingStartEvent, anchors.begin(event, len(stack) + 1)
