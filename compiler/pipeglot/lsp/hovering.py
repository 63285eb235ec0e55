"""What is told of the thing under the cursor: a field with its default, or what a name in an expression stands for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pipeglot.lsp.fields import Schema
from pipeglot.lsp.names import Use, use_at
from pipeglot.lsp.texts import Document, Path, at, children, found
from pipeglot.syntax.nodes import Kind, Tree
from pipeglot.syntax.spellings import begin
from pipeglot_expression.contexts import FUNCTIONS

FUNCTIONS_TOLD: Mapping[str, str] = {
    "default": "`default(value, other)`: the value, or the other where it is absent.",
    "first_of": "`first_of(one, another, …)`: the first that is there.",
    "length": "`length(value)`: how many elements a list has, or letters a text.",
    "join": "`join(list, between)`: the elements of a list as one text.",
    "json": "`json(value)`: the value as JSON.",
    "args": "`args(list)`: in `run`, one argument for each element.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """Markdown about the text from `start` to `end`."""

    start: int
    end: int
    text: str


def hover(document: Document, offset: int, schema: Schema, refused: Callable[[Path], list[str]]) -> Told | None:
    """`refused` says which targets cannot keep the part at a path, and why: a line each."""
    text = document.text.text
    use = use_at(document.tree, text, offset)
    if use is not None and not use.is_declaration:
        return Told(use.start, use.end, "\n\n".join(_name(document.tree, use)))
    here = found(document.tree, offset)
    if here is None:
        return None
    part = here.part
    if not here.is_key:
        return _function(text, offset)
    lines = [*_field(schema, part.path), *refused(part.path)]
    return Told(begin(text, part.name), part.name.end, "\n\n".join(lines)) if lines and part.name else None


def _name(tree: Tree, use: Use) -> Iterator[str]:
    """What the declaration says of itself."""
    path = use.name
    part = at(tree, path)
    yield f"**{path[-1]}** · {KINDS.get(str(path[-2]), str(path[-2]))}{_of(path)}"
    if part is None:
        yield "It is declared nowhere in this file."
        return
    said = {str(each.path[-1]): each.node.value for each in children(part) if each.node.kind is Kind.SCALAR}
    facts = [
        f"{word}: `{said[word]}`" for word in ("type", "artifact", "default", "image", "uses", "python") if word in said
    ]
    if facts:
        yield " · ".join(facts)
    if part.node.kind is Kind.SCALAR and part.node.value:
        yield f"`{part.node.value}`"
    if said.get("description"):
        yield said["description"]


KINDS: Mapping[str, str] = {
    "params": "param of the pipeline",
    "steps": "step",
    "on_exit": "step at the end of a run",
    "outputs": "output",
    "inputs": "input",
    "matrix": "axis of the matrix",
    "components": "component",
}


def _of(path: Path) -> str:
    return f" of `{path[-3]}`" if len(path) > 3 else ""


def _field(schema: Schema, path: Path) -> Iterator[str]:
    schema_node = schema.told(path)
    if schema_node is None:
        return
    owner = schema.fields(path[:-1]).get(str(path[-1]))
    yield f"**{path[-1]}**{', required' if owner and owner.is_required else ''}"
    yield str(schema_node["description"])
    if "default" in schema_node:
        yield f"Default: `{json.dumps(schema_node['default'], ensure_ascii=False)}`"
    words = schema.values(path)
    if words:
        yield "One of " + ", ".join(f"`{word}`" for word in words)
    examples = schema_node.get("examples", ())
    if examples and not words:
        yield "For example " + ", ".join(f"`{json.dumps(each, ensure_ascii=False)}`" for each in examples)


def _function(text: str, offset: int) -> Told | None:
    start, end = offset, offset
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    word = text[start:end]
    opened = text.rfind("${{", 0, start)
    if word not in FUNCTIONS or text[end : end + 1] != "(" or opened < 0 or "}}" in text[opened:start]:
        return None
    return Told(start, end, FUNCTIONS_TOLD[word])
