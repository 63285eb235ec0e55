"""The sidecar as it stands in a definition: its program in few letters, by a minifier, and packed."""

from __future__ import annotations

import ast

from pipeglot_expression.runtime.packing import packed_text

KEPT = ["BROUGHT"]
"""Names that whoever leaves the program as an artifact knows."""


def minified(program: str) -> str:
    """The same program, for any Python from 3.8 on, and the same text on whichever Python this runs."""
    import python_minifier

    tree = ast.fix_missing_locations(_Formatted().visit(ast.parse(program)))
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
