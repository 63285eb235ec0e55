"""What can stand where something is being written: fields, their values, and what expressions read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pipeglot.lsp.fields import Field, Schema
from pipeglot.lsp.names import GRAPHS, owner, scope
from pipeglot.lsp.texts import Document, Path, at, children, keys, writings
from pipeglot.syntax.nodes import Kind, Tree
from pipeglot_expression.contexts import CONTEXTS, FIELDS, FUNCTIONS, STEP_PARTS

_WORD = re.compile(r"[\w./@:-]*\Z")
_READING = re.compile(r"(?:[A-Za-z_][\w-]*\.)*(?:[A-Za-z_][\w-]*)?\Z")
_IN_STRING = re.compile(r"'[^']*\Z|\"[^\"]*\Z")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can stand there. `kind` is what it is: a field, a value, a name, a function. `text` is written."""

    label: str
    kind: str
    text: str
    detail: str = ""
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """`start` is the offset of the word that they take the place of."""

    start: int
    found: tuple[Choice, ...]


def choices(document: Document, offset: int, schema: Schema) -> Choices:
    prefix = document.text.text[:offset]
    opened = prefix.rfind("${{")
    if opened >= 0 and "}}" not in prefix[opened:] and "\n\n" not in prefix[opened:]:
        return _of_expression(document, prefix, opened)
    word = _WORD.search(prefix)
    start = word.start() if word else offset
    for where in writings(prefix[:start]):
        found = tuple((_fields if where.is_key else _values)(document, where.path, schema))
        if found:
            return Choices(start, found)
    return Choices(start, ())


def _fields(document: Document, path: Path, schema: Schema) -> Iterator[Choice]:
    written = {name for tree in _trees(document) for name in keys(tree, path)}
    for field in schema.fields(path).values():
        if field.name not in written:
            yield _field(field, schema, (*path, field.name))


def _field(field: Field, schema: Schema, path: Path) -> Choice:
    forms = schema.at(path)
    sort = next((str(form["type"]) for form in forms if isinstance(form.get("type"), str)), "")
    schema_of = schema.told(path) or {}
    detail = f"{sort}, required" if field.is_required else sort
    return Choice(field.name, "field", f"{field.name}: ", detail, str(schema_of.get("description", "")))


def _values(document: Document, path: Path, schema: Schema) -> Iterator[Choice]:
    if "needs" in path[-2:]:
        mine = owner(path)
        for name in _steps(document, scope(path)):
            if (name,) != mine[-1:]:
                yield Choice(name, "name", name, "step")
    elif path[-1:] == ("uses",):
        for name in keys(document.good, ("components",)):
            yield Choice(name, "name", name, "component")
    for word in schema.values(path):
        yield Choice(word, "value", word)


def _of_expression(document: Document, prefix: str, opened: int) -> Choices:
    inside = prefix[opened + 3 :]
    reading = _READING.search(inside)
    if reading is None or _IN_STRING.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", inside)):
        return Choices(len(prefix), ())
    read = reading.group().split(".")
    start = len(prefix) - len(read[-1])
    path = next((where.path for where in writings(prefix[:opened])), ())
    return Choices(start, tuple(_readable(document, path, tuple(read[:-1]))))


def _readable(document: Document, path: Path, read: tuple[str, ...]) -> Iterator[Choice]:
    if not read:
        yield from (Choice(name, "name", name, "") for name in CONTEXTS)
        yield from (Choice(name, "function", name, "function") for name in FUNCTIONS)
        yield from (Choice(word, "value", word) for word in ("true", "false", "and", "or", "not", "in"))
    elif len(read) == 1 and read[0] in _NAMED:
        for name, detail in _NAMED[read[0]](document, path):
            yield Choice(name, "name", name, detail)
    elif len(read) == 1 and read[0] in FIELDS:
        yield from (Choice(name, "field", name) for name in FIELDS[read[0]])
    elif len(read) == 2 and read[0] == "steps":
        yield from (Choice(name, "field", name) for name in STEP_PARTS)
    elif len(read) == 3 and read[0] == "steps" and read[2] == "outputs":
        for name, detail in _outputs(document, scope(path), read[1]):
            yield Choice(name, "name", name, detail)


def _steps(document: Document, inside: Path) -> list[str]:
    found = [name for graph in GRAPHS for tree in _trees(document) for name in keys(tree, (*inside, graph))]
    return list(dict.fromkeys(found))


def _trees(document: Document) -> tuple[Tree, ...]:
    return (document.good,) if document.good is document.tree else (document.tree, document.good)


def _told_steps(document: Document, path: Path) -> list[tuple[str, str]]:
    return [(name, "step") for name in _steps(document, scope(path)) if (name,) != owner(path)[-1:]]


def _entries(document: Document, path: Path) -> list[tuple[str, str]]:
    """The names declared at a path, and the type or kind of each, as it is written."""
    found: dict[str, str] = {}
    for tree in _trees(document):
        part = at(tree, path)
        for each in children(part) if part and part.node.kind is Kind.MAPPING else ():
            found.setdefault(str(each.path[-1]), _sort(tree, each.path))
    return list(found.items())


def _sort(tree: Tree, path: Path) -> str:
    for word in ("type", "artifact"):
        said = at(tree, (*path, word))
        if said and said.node.kind is Kind.SCALAR:
            return said.node.value
    return ""


def _outputs(document: Document, inside: Path, step: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for graph in GRAPHS:
        found += _entries(document, (*inside, graph, step, "outputs"))
        for tree in _trees(document):
            used = at(tree, (*inside, graph, step, "uses"))
            found += _entries(document, ("components", used.node.value, "outputs")) if used else []
    return list(dict(found).items())


_NAMED: Mapping[str, Callable[[Document, Path], list[tuple[str, str]]]] = {
    "params": lambda document, _: _entries(document, ("params",)),
    "steps": _told_steps,
    "inputs": lambda document, path: [
        *_entries(document, (*owner(path), "inputs")),
        *(_entries(document, (*scope(path), "inputs")) if owner(path) else []),
    ],
    "outputs": lambda document, path: _entries(document, (*owner(path), "outputs")),
    "matrix": lambda document, path: _entries(document, (*owner(path), "matrix")),
}
