"""From a place in the data back to the text: read again, with marks, when there is something to say."""

from __future__ import annotations

from pipeglot.diagnostics.origins import Origin, Place, Span
from pipeglot.diagnostics.sources import Source
from pipeglot.syntax.nodes import Kind, Node, Tree, compose
from pipeglot.syntax.spellings import begin, letters


class Locator:
    """The tree of one source, composed when a place is first asked for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._tree: Tree | None = None
        self._entries: dict[Node, dict[str, tuple[Node, Node]]] = {}

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
        named, node = self._follow(root, place.path)
        text = self.source.text
        if key and named is not None:
            node = named
        elif named is not None and (node.start == node.end or _is_block(text, node)):
            return Span(place.source, begin(text, named), named.end)
        start, end = _extent(text, node, offset)
        return Span(place.source, start, end)

    def entry(self, place: Origin) -> tuple[Node | None, Node | None]:
        """The key of the part, if it has one, and its node; no node where the path leads nowhere."""
        root = self._root()
        if root is None:
            return None, None
        named, node = self._follow(root, place.path)
        there = self._follow(root, place.path[:-1])[1]
        return (named, node) if not place.path or self._step(there, place.path[-1]) else (None, None)

    def _root(self) -> Node | None:
        if self._tree is None:
            self._tree = compose(self.source.text)
        return self._tree.root

    def _follow(self, node: Node, path: tuple[str | int, ...]) -> tuple[Node | None, Node]:
        """The key that names the last part of the path, if one does, and its node."""
        named: Node | None = None
        for part in path:
            node = _real(node)
            step = self._step(node, part)
            if step is None:
                break
            named, node = step
        return named, _real(node)

    def _step(self, node: Node, part: str | int) -> tuple[Node | None, Node] | None:
        if node.kind is Kind.MAPPING:
            if node not in self._entries:
                self._entries[node] = {_real(key).value: (key, value) for key, value in node.pairs}
            return self._entries[node].get(str(part))
        if node.kind is Kind.SEQUENCE and isinstance(part, int) and part < len(node.parts):
            return None, node.parts[part]
        return None


def locate(source: Source, place: Place, *, key: bool = False, offset: tuple[int, int] | None = None) -> Span:
    """One place alone; for several of one source keep its `Locator`."""
    return Locator(source).span(place, key=key, offset=offset)


def _real(node: Node) -> Node:
    return node.target if node.target is not None and not node.circular else node


def _is_block(text: str, node: Node) -> bool:
    return node.kind in (Kind.MAPPING, Kind.SEQUENCE) and text[begin(text, node)] not in "[{"


def _extent(text: str, node: Node, offset: tuple[int, int] | None) -> tuple[int, int]:
    start = begin(text, node)
    if offset is not None and node.kind is Kind.SCALAR:
        found = letters(text, node)
        if found:
            first = min(offset[0], len(found) - 1)
            last = min(max(offset[1] - 1, first), len(found) - 1)
            # an offset behind the last letter is the place where the text ends
            begins = found[first][1] if offset[0] < len(found) else found[-1][2]
            return begins, max(found[last][2], begins)
    if node.style in ("|", ">"):
        return start, start + 1
    if node.kind is Kind.MAPPING and _is_block(text, node) and node.parts:
        return start, node.parts[0].end
    return start, node.end
