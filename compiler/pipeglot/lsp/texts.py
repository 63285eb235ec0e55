"""The text of an editor, and what could be read of it: also while a line of it is half written."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from pipeglot.syntax.nodes import Kind, Node, Tree, compose

Path: TypeAlias = tuple[str | int, ...]
_LINE_END: Final = re.compile("\n")
HERE: Final = "\ufdd0here"
"""What stands for the word that is being written; no text holds it."""


class Text:
    """Offsets in code points to lines and columns in UTF-16 units, as editors count, and back. All from 0."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._is_plain = text.isascii()

    def position(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        if self._is_plain:
            return line, offset - start
        return line, len(self.text[start:offset].encode("utf-16-le")) // 2

    def at(self, line: int, column: int) -> int:
        """The offset of a column that counts code points."""
        return min(self._starts[min(line, len(self._starts) - 1)] + column, len(self.text))

    def offset(self, line: int, column: int) -> int:
        """The nearest one that is there."""
        if line >= len(self._starts):
            return len(self.text)
        start = self._starts[line]
        end = self._starts[line + 1] - 1 if line + 1 < len(self._starts) else len(self.text)
        if self._is_plain:
            return min(start + column, end)
        units = self.text[start:end].encode("utf-16-le")[: 2 * column]
        return start + len(units.decode("utf-16-le", "ignore"))


class Document:
    """One open file. Its tree is composed when somebody asks for it.

    While a line is half written the tree ends there, and what stands below it is known from `good` alone: the last tree
    that was whole.
    """

    def __init__(self, content: str, before: Document | None = None) -> None:
        self.text = Text(content)
        self._tree: Tree | None = None
        self._before = before.known if before else None

    @property
    def tree(self) -> Tree:
        if self._tree is None:
            self._tree = compose(self.text.text)
        return self._tree

    @property
    def good(self) -> Tree:
        return self.tree if self.tree.fault is None else self._before or self.tree

    @property
    def known(self) -> Tree | None:
        """The last whole tree, as far as somebody asked."""
        return self._tree if self._tree and self._tree.fault is None else self._before


@dataclass(frozen=True, slots=True)
class Part:
    """A node of the tree and the way to it. `name` is its key, where it has one."""

    path: Path
    node: Node
    name: Node | None = None


def parts(tree: Tree) -> Iterator[Part]:
    """Every value of the text, those around before those inside; aliases are not followed."""
    if tree.root is not None:
        yield from _parts(Part((), tree.root))


def _parts(part: Part) -> Iterator[Part]:
    waiting = [part]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(list(children(part)))


def children(part: Part) -> Iterator[Part]:
    if part.node.kind is Kind.MAPPING:
        for key, value in part.node.pairs:
            yield Part((*part.path, key.value), value, key)
    elif part.node.kind is Kind.SEQUENCE:
        for number, value in enumerate(part.node.parts):
            yield Part((*part.path, number), value)


def at(tree: Tree, path: Path) -> Part | None:
    """The part that a path leads to."""
    part = Part((), tree.root) if tree.root else None
    for step in path:
        if part is None:
            return None
        part = next((each for each in children(part) if each.path[-1] == step), None)
    return part


def keys(tree: Tree, path: Path) -> list[str]:
    found = at(tree, path)
    return [str(each.path[-1]) for each in children(found) if each.name] if found else []


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at an offset: the innermost part there, and whether it is its key that stands there."""

    part: Part
    is_key: bool


def found(tree: Tree, offset: int) -> Found | None:
    """None between the parts."""
    part = Part((), tree.root) if tree.root else None
    while part is not None:
        inner = None
        for each in children(part):
            if each.name is not None and each.name.start <= offset <= each.name.end:
                return Found(each, True)
            if each.node.start <= offset <= each.node.end:
                inner = each
        if inner is None:
            return Found(part, False) if part.node.kind in (Kind.SCALAR, Kind.ALIAS) else None
        part = inner
    return None


@dataclass(frozen=True, slots=True)
class Writing:
    """Where something is being written: the way there, and whether it will be a key.

    A key's path leads to the mapping that it will stand in.
    """

    path: Path
    is_key: bool


def writings(prefix: str) -> Iterator[Writing]:
    """What the end of a text may be: it is read with a word of ours there, in each of the forms that may fit."""
    line = prefix[prefix.rfind("\n") + 1 :]
    forms = (f"{HERE}: ", HERE) if not line.strip(" -") else (HERE, f'{HERE}"', f"{HERE}'")
    for form in forms:
        where = _placed(compose(prefix + form))
        if where is not None:
            yield where


def _placed(tree: Tree) -> Writing | None:
    for part in parts(tree):
        if part.name is not None and part.name.value == HERE:
            return Writing(part.path[:-1], True)
        if part.node.kind is Kind.SCALAR and HERE in part.node.value:
            return Writing(part.path, False)
        if part.node.kind is Kind.MAPPING and len(part.node.parts) % 2 and part.node.parts[-1].value == HERE:
            return Writing(part.path, True)
    return None
