"""Scripts with `${{ }}` as text and variables: a value reaches the program, never its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeglot.build.findings import Findings
from pipeglot.build.written import Written
from pipeglot.ir import Shell, Tree
from pipeglot.spec.merging import Path
from pipeglot_expression.syntax import parse, split
from pipeglot_expression.tokens import SyntaxFault
from pipeglot_expression.types import Type

PREFIX = "PIPEGLOT_X_"


@dataclass(slots=True)
class Prepared:
    """`text` names the variables `PIPEGLOT_X_0`, …, which stand for `values` in this order."""

    shell: Shell
    text: str
    values: tuple[Written, ...]


def prepare(text: str, shell: Shell, path: Path, findings: Findings) -> Prepared:
    if "${{" not in text:
        return Prepared(shell, text, ())
    try:
        parts = split(text)
        nodes = [parse(text, part.start + 3, part.end - 2) for part in parts if part.is_expression]
    except SyntaxFault as fault:
        findings.say("PG306", fault.message, path, hint=fault.hint, offset=(fault.start, fault.end))
        return Prepared(shell, text, ())
    values = tuple(Written(tree, path, spans) for tree, spans in nodes)
    pieces: list[str] = []
    quoted, number = False, 0
    for part in parts:
        if not part.is_expression:
            pieces.append(part.text)
            quoted ^= part.text.count('"') % 2 == 1
            continue
        variable = f"${{{PREFIX}{number}}}"
        number += 1
        pieces.append(variable if quoted else f'"{variable}"')
    return Prepared(shell, "".join(pieces), values)


def variables(script: Prepared, types: Sequence[Type], trees: Sequence[Tree], findings: Findings) -> dict[str, Tree]:
    """What each variable holds."""
    return {f"{PREFIX}{number}": tree for number, tree in enumerate(trees)}
