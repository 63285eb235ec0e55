"""The shape of a file: what stands in it by name, what can be folded, and the types of inputs beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeglot.ir import Pipeline
from pipeglot.lsp.names import is_name
from pipeglot.lsp.texts import Document, Part, at, children, parts
from pipeglot.syntax.nodes import Kind

TOP = (("params",), ("components",), ("steps",), ("on_exit",), ("profiles",))


@dataclass(frozen=True, slots=True)
class Entry:
    """A named part, with those inside it. Offsets into the text."""

    name: str
    kind: str
    start: int
    end: int
    name_end: int
    inner: tuple[Entry, ...] = ()


def entries(document: Document) -> tuple[Entry, ...]:
    root = at(document.tree, ())
    return tuple(_entry(document, each, str(each.path[0])) for each in children(root)) if root else ()


def _entry(document: Document, part: Part, kind: str) -> Entry:
    assert part.name is not None
    named = [each for each in children(part) if each.name and (part.path in TOP or is_name(each.path))]
    named += [
        inner
        for each in children(part)
        if each.path[-1] == "outputs"
        for inner in children(each)
        if is_name(inner.path)
    ]
    inner = tuple(_entry(document, each, str(each.path[-2])) for each in named)
    end = max(part.name.end, _end(document, part))
    return Entry(str(part.path[-1]), kind, part.name.start, end, part.name.end, inner)


def _end(document: Document, part: Part) -> int:
    """Block collections end where the next thing begins: what is blank there is not theirs."""
    text, end = document.text.text, part.node.end
    while end > part.node.start and text[end - 1].isspace():
        end -= 1
    return end


def folds(document: Document) -> Iterator[tuple[int, int]]:
    """From which line to which: every part of more than one line."""
    for part in parts(document.tree):
        if part.name is not None and part.node.ended:
            first, last = document.text.position(part.name.start)[0], document.text.position(_end(document, part))[0]
            if last > first:
                yield first, last


def types(document: Document, pipelines: tuple[Pipeline, ...], name: str) -> Iterator[tuple[int, str]]:
    """Behind the name of each input the type of what it is given."""
    for pipeline in pipelines[:1]:
        for step in (*pipeline.steps, *pipeline.on_exit):
            for given in step.inputs:
                part = at(document.tree, given.origin.path) if given.origin.source == name else None
                if part is not None and part.name is not None and part.node.kind is Kind.SCALAR:
                    yield part.name.end, f": {given.type}"
