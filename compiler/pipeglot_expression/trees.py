"""Walking expression trees: their parts, their references, and trees made from trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeAlias

Tree: TypeAlias = "list[Any]"
Path: TypeAlias = "tuple[int, ...]"

_FIRST_PART = {"call": 2}


def parts(tree: Tree) -> Iterator[tuple[Path, Tree]]:
    """The subtrees right below, with the indices that lead to them."""
    operation = tree[0]
    if operation in ("lit", "ref"):
        return
    if operation in ("dict", "product"):
        for index in range(1, len(tree)):
            yield (index, 1), tree[index][1]
        return
    for index in range(_FIRST_PART.get(operation, 1), len(tree)):
        if isinstance(tree[index], list):
            yield (index,), tree[index]


def references(tree: Tree) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Every reference in written order, with its path in the tree."""
    if tree[0] == "ref":
        yield tuple(tree[1:]), ()
    for path, part in parts(tree):
        for ref, inner in references(part):
            yield ref, path + inner


def reference_at(tree: Tree, path: Path) -> tuple[str, ...]:
    """What is read at that place; empty where nothing is. Without a walk through a text that reads very much."""
    part: Any = tree
    for index in path:
        part = part[index]
    return tuple(part[1:]) if part[0] == "ref" else ()


def is_constant(tree: Tree) -> bool:
    return next(references(tree), None) is None


def substituted(tree: Tree, change: Callable[[tuple[str, ...]], Tree | None]) -> Tree:
    """The tree with each reference replaced by what `change` returns for it; None keeps it."""
    if tree[0] == "ref":
        other = change(tuple(tree[1:]))
        return tree if other is None else other
    copy = list(tree)
    for path, part in parts(tree):
        changed = substituted(part, change)
        copy[path[0]] = changed if len(path) == 1 else [tree[path[0]][0], changed]
    return copy
