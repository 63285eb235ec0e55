"""From a place in the data back to the text: read again, with marks, when there is something to say."""

from __future__ import annotations

from pipeglot.diagnostics.origins import Origin, Place, Span
from pipeglot.diagnostics.sources import Source
from pipeglot.syntax.nodes import Kind, Node, Tree, growing
from pipeglot.syntax.spellings import Letter, begin, letters

_STRETCH = 100_000
"""Letters that are looked at together, at least."""


class Locator:
    """The tree of one source, composed as far as the places that are asked for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._tree = Tree()
        self._growth = growing(source.text, self._tree)
        self._entries: dict[Node, dict[str, tuple[Node, Node]]] = {}
        self._letters: tuple[Node | None, list[Letter] | None] = (None, None)

    def span(self, place: Place, *, key: bool = False, offset: tuple[int, int] | None = None) -> Span:
        """The span of a value, or of its `key`; of a range of its characters where there is an `offset`.

        A path that leads nowhere ends at the last part that is there. A mapping or list in block style is shown by
        its key; through an alias the place is where the text stands.
        """
        if isinstance(place, Span):
            return place
        root = self._root()
        if root is None:
            return Span(place.source, 0, 0)
        named, node, _ = self._follow(root, place.path)
        text = self.source.text
        if not (node.parts and _is_block(text, node)):
            # of a block the beginning says where it is
            self._ended(node)
        if key and named is not None:
            node = named
        elif named is not None and (node.start == node.end or _is_block(text, node)):
            return Span(place.source, begin(text, named), named.end)
        start, end = self._part(node, offset) or _extent(text, node)
        return Span(place.source, start, end)

    def entry(self, place: Origin) -> tuple[Node | None, Node | None]:
        """The key of the part, if it has one, and its node; no node where the path leads nowhere."""
        root = self._root()
        named, node, found = (None, None, False) if root is None else self._follow(root, place.path)
        return (named, self._ended(node)) if found and node is not None else (None, None)

    def _part(self, node: Node, offset: tuple[int, int] | None) -> tuple[int, int] | None:
        """Of a scalar whose spelling is understood."""
        if offset is None or node.kind is not Kind.SCALAR:
            return None
        known, found = self._letters
        # one text may have very many parts, and be very long behind them
        if known is not node or (found and len(found) < min(offset[1] + 1, len(node.value))):
            found = letters(self.source.text, node, max(2 * offset[1], _STRETCH))
            self._letters = node, found
        if not found:
            return None
        first = min(offset[0], len(found) - 1)
        last = min(max(offset[1] - 1, first), len(found) - 1)
        # an offset behind the last letter is the place where the text ends
        begins = found[first][1] if offset[0] < len(found) else found[-1][2]
        return begins, max(found[last][2], begins)

    def _root(self) -> Node | None:
        if self._tree.root is None:
            self._grow()
        return self._tree.root

    def _grow(self) -> bool:
        """Whether there was more to read."""
        before = self._tree.last
        next(self._growth, None)
        return self._tree.last is not before

    def _ended(self, node: Node) -> Node:
        while not node.ended and self._grow():
            pass
        return node

    def _follow(self, node: Node, path: tuple[str | int, ...]) -> tuple[Node | None, Node, bool]:
        """The key that names the last part of the path, if one does, and its node; and whether all of it was there."""
        named: Node | None = None
        for part in path:
            node = _real(node)
            step = self._step(node, part)
            if step is None:
                return named, node, False
            named, node = step
        return named, _real(node), True

    def _step(self, node: Node, part: str | int) -> tuple[Node | None, Node] | None:
        if node.kind is Kind.MAPPING:
            return self._entry(node, str(part))
        if node.kind is Kind.SEQUENCE and isinstance(part, int):
            while len(node.parts) <= part and not node.ended and self._grow():
                pass
            return (None, node.parts[part]) if part < len(node.parts) else None
        return None

    def _entry(self, node: Node, name: str) -> tuple[Node, Node] | None:
        """The first of this name: of a text that names one twice, nothing else is said."""
        entries = self._entries.setdefault(node, {})
        while True:
            for at in range(2 * len(entries), len(node.parts) - 1, 2):
                entries.setdefault(_real(node.parts[at]).value, (node.parts[at], node.parts[at + 1]))
            if name in entries or node.ended or not self._grow():
                return entries.get(name)


def locate(source: Source, place: Place, *, key: bool = False, offset: tuple[int, int] | None = None) -> Span:
    """One place alone; for several of one source keep its `Locator`."""
    return Locator(source).span(place, key=key, offset=offset)


def _real(node: Node) -> Node:
    return node.target if node.target is not None and not node.circular else node


def _is_block(text: str, node: Node) -> bool:
    return node.kind in (Kind.MAPPING, Kind.SEQUENCE) and text[begin(text, node)] not in "[{"


def _extent(text: str, node: Node) -> tuple[int, int]:
    start = begin(text, node)
    if node.style in ("|", ">"):
        return start, start + 1
    if node.kind is Kind.MAPPING and _is_block(text, node) and node.parts:
        return start, node.parts[0].end
    return start, node.end
