"""Values of the spec as expression trees that remember where each part was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeglot.analysis.collector import Collector
from pipeglot.diagnostics.sources import Json
from pipeglot.ir import Tree
from pipeglot.spec.merging import Path
from pipeglot_expression.syntax import Spans, faults, parse, template
from pipeglot_expression.tokens import SyntaxFault
from pipeglot_expression.trees import is_constant, reference_at, references


@dataclass(slots=True)
class SourcedTree:
    """A tree; `spans` are its places in the scalar at `path`, `parts` those of a list or dict by index of the tree.

    `faulty`: something in it could not be read and was reported, so nothing more is said of it. `waits`: the steps of
    the groups whose outputs it named, before their own trees took the place of these names. `replaced`: it is what
    was given for a name.
    """

    tree: Tree
    path: Path
    spans: Spans | None = None
    parts: dict[int, SourcedTree] = field(default_factory=dict[int, "SourcedTree"])
    faulty: bool = False
    waits: frozenset[str] = frozenset()
    replaced: bool = False

    @property
    def is_literal(self) -> bool:
        return self.tree[0] == "lit"

    def place(self, tree_path: tuple[int, ...]) -> tuple[Path, tuple[int, int] | None]:
        """The data path and the offsets of a subtree."""
        if self.spans is not None:
            return self.path, self.spans.at(tree_path)
        if tree_path and tree_path[0] in self.parts:
            return self.parts[tree_path[0]].place(tree_path[2 if self.tree[0] == "dict" else 1 :])
        return self.path, None

    def references(self) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        return iter(()) if self.is_literal else references(self.tree)

    def reference(self, tree_path: tuple[int, ...]) -> tuple[str, ...]:
        return reference_at(self.tree, tree_path)


def sourced(value: Json, path: Path, collector: Collector, whole: bool = True) -> SourcedTree:
    """The tree of a scalar, or of a list or dict whose scalars may be expressions."""
    if isinstance(value, str):
        return _scalar(value, path, collector, whole)
    if isinstance(value, list):
        return _list(value, path, collector)
    if isinstance(value, dict):
        return _dict(value, path, collector)
    return SourcedTree(["lit", value], path)


def _scalar(text: str, path: Path, collector: Collector, whole: bool) -> SourcedTree:
    if "${{" not in text:
        return SourcedTree(["lit", text], path)
    try:
        tree, spans = template(text, whole)
    except SyntaxFault:
        say_faults(text, path, collector)
        return SourcedTree(["lit", ""], path, faulty=True)
    return SourcedTree(tree, path, spans)


def say_faults(text: str, path: Path, collector: Collector) -> None:
    """Every expression of a text that is none."""
    for fault in faults(text):
        collector.report("PG306", fault.message, path, hint=fault.hint, offset=(fault.start, fault.end))


def _list(values: list[Json], path: Path, collector: Collector) -> SourcedTree:
    return listed([sourced(part, (*path, index), collector) for index, part in enumerate(values)], path)


def listed(parts: list[SourcedTree], path: Path) -> SourcedTree:
    """The list of these parts."""
    faulty = any(part.faulty for part in parts)
    if all(part.is_literal for part in parts):
        return SourcedTree(["lit", [part.tree[1] for part in parts]], path, faulty=faulty)
    return SourcedTree(["list", *(part.tree for part in parts)], path, None, _numbered(parts), faulty)


def _dict(values: dict[str, Json], path: Path, collector: Collector) -> SourcedTree:
    for key in values:
        if "${{" in key:
            collector.report(
                "PG309", "a key is plain text, and here an expression stands in one", (*path, key), key=True
            )
    parts = [sourced(part, (*path, key), collector) for key, part in values.items()]
    faulty = any(part.faulty for part in parts)
    if all(part.is_literal for part in parts):
        plain: dict[str, Json] = {key: part.tree[1] for key, part in zip(values, parts, strict=True)}
        return SourcedTree(["lit", plain], path, faulty=faulty)
    entries: list[Json] = [[key, part.tree] for key, part in zip(values, parts, strict=True)]
    return SourcedTree(["dict", *entries], path, None, _numbered(parts), faulty)


def _numbered(parts: Iterable[SourcedTree]) -> dict[int, SourcedTree]:
    return dict(enumerate(parts, 1))


def as_expression(text: Json) -> str | None:
    """The hint to a condition without its `${{ }}`."""
    try:
        tree, _ = parse(str(text))
    except SyntaxFault:
        return None
    return f"write `${{{{ {text} }}}}`" if not is_constant(tree) else None
