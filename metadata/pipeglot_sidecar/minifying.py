"""The sidecar as it stands in a definition: its program in few letters, by a minifier, and packed."""

from __future__ import annotations

import ast
import keyword
import string
from collections.abc import Iterator

from pipeglot_expression.runtime.packing import packed_text

KEPT = ["BROUGHT", "Capture"]
"""Names that whoever leaves the program as an artifact knows, or starts it."""


def minified(program: str) -> str:
    """The same program, for any Python from 3.8 on, and the same text on whichever Python this runs."""
    import python_minifier

    read = _by_position(_with_short_members(_without_unused(ast.parse(program))))
    tree = ast.fix_missing_locations(_Formatted().visit(read))
    # a name for a text that comes again makes the text longer once it is compressed
    made = python_minifier.minify(
        ast.unparse(tree),
        rename_globals=True,
        preserve_globals=KEPT,
        hoist_literals=False,
        remove_literal_statements=True,
    )
    text = str(made).replace("BROUGHT=''", 'BROUGHT=""', 1)
    return text.encode("ascii", "backslashreplace").decode("ascii") + "\n"


def packed(program: str) -> str:
    return packed_text(minified(program))


def _without_unused(tree: ast.Module) -> ast.Module:
    """Modules stand in it whole; what they define for others than the sidecar does not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    while True:
        asked = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        asked.update(("", *KEPT))
        kept = [node for node in tree.body if _defined(node) in asked]
        if len(kept) == len(tree.body):
            break
        tree.body = kept
    members = {"", *(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.bases:
            kept = [part for part in node.body if _member(part) in members and _defined(part) != "__slots__"]
            node.body = kept or [ast.Pass()]
    return tree


def _member(node: ast.stmt) -> str:
    """The name of a method that nobody calls but by it."""
    return node.name if isinstance(node, ast.FunctionDef) and node.name[:2] != "__" else ""


def _defined(node: ast.stmt) -> str:
    """The one name that a statement of the module gives, and does nothing else."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return node.name
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _with_short_members(tree: ast.Module) -> ast.Module:
    """What classes keep to themselves under names of a few letters: a minifier cannot know that nobody else asks."""
    own = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    asked = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    members = sorted(
        (name for name in own if name[0] == "_" and name[:2] != "__"), key=lambda name: (-asked.count(name), name)
    )
    free = (name for name in _names() if name not in asked)
    short = dict(zip(members, free, strict=False))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in short:
            node.attr = short[node.attr]
        elif isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name in short:
                    part.name = short[part.name]
    return tree


def _by_position(tree: ast.Module) -> ast.Module:
    """What no call names is given by position alone, and so can have a short name: else the minifier keeps the long one
    for whoever might name it, and gives it a short one in a line more."""
    named = {word.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            given = node.args
            count = next((place for place, each in enumerate(given.args) if each.arg in named), len(given.args))
            given.posonlyargs, given.args = [*given.posonlyargs, *given.args[:count]], given.args[count:]
    return tree


def _names() -> Iterator[str]:
    yield from string.ascii_lowercase
    pairs = (first + second for first in string.ascii_lowercase for second in string.ascii_lowercase)
    yield from (name for name in pairs if not keyword.iskeyword(name))


class _Formatted(ast.NodeTransformer):
    """Texts inside the braces of an f-string: from Python 3.12 on a minifier gives them the quotes around it, which no
    older Python reads. `format` says the same."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        self.generic_visit(node)
        if not any(map(_has_text, node.values)):
            return node
        template = "".join(map(_place, node.values))
        given = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        return ast.Call(ast.Attribute(ast.Constant(template), "format", ast.Load()), given, [])


def _has_text(part: ast.expr) -> bool:
    if not isinstance(part, ast.FormattedValue):
        return False
    return any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in ast.walk(part.value))


def _place(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value).replace("{", "{{").replace("}", "}}")
    assert isinstance(part, ast.FormattedValue)
    conversion = f"!{chr(part.conversion)}" if part.conversion >= 0 else ""
    return f"{{{conversion}{_spec(part.format_spec)}}}"


def _spec(spec: ast.expr | None) -> str:
    if spec is None:
        return ""
    assert isinstance(spec, ast.JoinedStr)
    texts = [part.value for part in spec.values if isinstance(part, ast.Constant)]
    if len(texts) != len(spec.values):
        raise ValueError("a format with an expression in it has a text inside the braces")
    return ":" + "".join(map(str, texts))
