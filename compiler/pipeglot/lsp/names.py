"""Who declares a name and who reads it: a name is known by the way to its declaration, `("steps", "train")`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeglot.lsp.texts import Part, Path, at, parts
from pipeglot.syntax.nodes import Kind, Node, Tree
from pipeglot.syntax.spellings import begin, letters
from pipeglot_expression.contexts import CONTEXTS
from pipeglot_expression.syntax import split
from pipeglot_expression.tokens import SyntaxFault, Token, tokens

GRAPHS = ("steps", "on_exit")


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a name stands: its declaration, or what reads it. Offsets into the text."""

    name: Path
    start: int
    end: int
    is_declaration: bool = False


def uses(tree: Tree, text: str) -> Iterator[Use]:
    """Every place of every name that the text declares, in no order."""
    for part in parts(tree):
        if part.name is not None and is_name(part.path):
            quote = 1 if part.name.style else 0
            yield Use(part.path, begin(text, part.name) + quote, part.name.end - quote, is_declaration=True)
        yield from _read(tree, part, text)


def is_name(path: Path) -> bool:
    """Whether it leads to something that can be read elsewhere."""
    inner = path[2:] if path[:1] == ("components",) else path
    if len(path) == 2 and path[0] == "components":
        return True
    if len(inner) == 2:
        return inner[0] in (*GRAPHS, "params", "inputs")
    return len(inner) == 4 and inner[0] in GRAPHS and inner[2] in ("outputs", "inputs", "matrix")


def use_at(tree: Tree, text: str, offset: int) -> Use | None:
    """The innermost name at an offset."""
    here = [use for use in uses(tree, text) if use.start <= offset <= use.end]
    return min(here, key=lambda use: use.end - use.start) if here else None


def owner(path: Path) -> Path:
    """The step that something stands in; the empty path outside of steps."""
    inner = scope(path)
    rest = path[len(inner) :]
    return path[: len(inner) + 2] if len(rest) > 1 and rest[0] in GRAPHS else ()


def scope(path: Path) -> Path:
    """What a path stands in: the pipeline, or a component that is written in it."""
    return path[:2] if path[:1] == ("components",) and len(path) > 2 else ()


def _read(tree: Tree, part: Part, text: str) -> Iterator[Use]:
    node = part.node
    if node.kind is not Kind.SCALAR:
        return
    if "${{" in node.value:
        yield from _of_expressions(tree, part, text)
    elif name := _plainly(tree, part):
        start = begin(text, node) + (1 if node.style else 0)
        yield Use(name, start, start + len(node.value))
    if (
        part.name is not None
        and part.path[:1] == ("profiles",)
        and part.path[2:3] == ("params",)
        and len(part.path) == 4
    ):
        start = begin(text, part.name)
        yield Use(("params", part.path[3]), start, part.name.end)


def _plainly(tree: Tree, part: Part) -> Path | None:
    """What is named without an expression: in `needs`, and in `uses`."""
    path, value = part.path, part.node.value
    if "needs" in path[-2:] and owner(path):
        return _step(tree, scope(path), value)
    if path[-1:] == ("uses",) and at(tree, ("components", value)):
        return ("components", value)
    return None


def _step(tree: Tree, inside: Path, name: str) -> Path:
    known = [(*inside, graph, name) for graph in GRAPHS]
    return next((path for path in known if at(tree, path)), known[0])


def _of_expressions(tree: Tree, part: Part, text: str) -> Iterator[Use]:
    spelled = letters(text, part.node)
    if spelled is None:
        return
    for read in references(part.node):
        for count in range(len(read) + 1):
            name = declared(tree, part.path, [token.text for token in read[:count]])
            if name is not None:
                token = read[count - 1]
                quote = 1 if token.kind == "literal" else 0
                yield Use(name, spelled[token.start + quote][1], spelled[token.end - 1 - quote][2])


def references(node: Node) -> Iterator[list[Token]]:
    """The names of each reading in the expressions of a scalar; offsets into its value."""
    try:
        expressions = [each for each in split(node.value) if each.is_expression]
        for each in expressions:
            yield from _readings(tokens(node.value, each.start + 3, each.end - 2))
    except SyntaxFault:
        return


def _readings(found: list[Token]) -> Iterator[list[Token]]:
    position = 0
    while position < len(found):
        token = found[position]
        position += 1
        if token.kind != "name" or token.text not in CONTEXTS or (position > 1 and found[position - 2].kind == "."):
            continue
        read = [token]
        while step := _segment(found[position : position + 3]):
            read.append(step[0])
            position += step[1]
        yield read


def _segment(following: list[Token]) -> tuple[Token, int] | None:
    kinds = [token.kind for token in following]
    if kinds[:2] == [".", "name"]:
        return following[1], 2
    if kinds == ["[", "literal", "]"] and isinstance(following[1].value, str):
        return following[1]._replace(text=following[1].value), 3
    return None


def declared(tree: Tree, where: Path, read: list[str]) -> Path | None:
    """What the last name of a reading stands for, read at a place; None where it is none of the text's names."""
    step, inside = owner(where), scope(where)
    match read:
        case ["params", name]:
            return ("params", name)
        case ["steps", name]:
            return _step(tree, inside, name)
        case ["steps", name, "outputs", output]:
            return output_of(tree, _step(tree, inside, name), output)
        case ["inputs", name]:
            own = (*step, "inputs", name)
            return own if step and at(tree, own) else (*inside, "inputs", name)
        case ["outputs" | "matrix" as kind, name] if step:
            return (*step, kind, name)
        case _:
            return None


def output_of(tree: Tree, step: Path, output: str) -> Path:
    """Where an output is declared: by the step, or by the component of this file that it uses."""
    used = at(tree, (*step, "uses"))
    inner: Path = ("components", used.node.value, "outputs", output) if used else ()
    return inner if inner and at(tree, inner) else (*step, "outputs", output)
