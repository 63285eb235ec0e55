"""The body of a step that is a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.sourced import SourcedTree, say_faults
from pipeglot.ir import Shell, Tree
from pipeglot.scripts import splice
from pipeglot.scripts.places import Place, Rule
from pipeglot.scripts.splicing import PREFIX
from pipeglot.spec.merging import Path
from pipeglot_expression.evaluate import shown
from pipeglot_expression.syntax import parse, split
from pipeglot_expression.tokens import SyntaxFault
from pipeglot_expression.types import INT, UNKNOWN, Type
from pipeglot_expression.values import with_article


@dataclass(slots=True)
class Prepared:
    """`text` names the variables `PIPEGLOT_X_0`, …, which stand for `values` in this order."""

    shell: Shell
    text: str
    values: tuple[SourcedTree, ...] = ()
    places: tuple[Place, ...] = ()


def prepare(text: str, shell: Shell, path: Path, collector: Collector) -> Prepared:
    if "${{" not in text:
        return Prepared(shell, text)
    try:
        parts = split(text)
        nodes = [parse(text, part.start + 3, part.end - 2) for part in parts if part.is_expression]
    except SyntaxFault:
        say_faults(text, path, collector)
        return Prepared(shell, text)
    values = tuple(SourcedTree(tree, path, spans) for tree, spans in nodes)
    spliced = splice((None if part.is_expression else part.text for part in parts), shell)
    for value, place in zip(values, spliced.places, strict=True):
        if place.rule is Rule.NEVER:
            _say(value, f"`{shown(value.tree)}` cannot stand here: {place.reason}", place, collector)
    return Prepared(shell, spliced.text, values, spliced.places)


def variables(script: Prepared, types: Sequence[Type], trees: Sequence[Tree], collector: Collector) -> dict[str, Tree]:
    """What each variable holds; what stands where the shell evaluates text has to be an int."""
    for value, type, place in zip(script.values, types, script.places, strict=True):
        if place.rule is Rule.INT and type not in (INT, UNKNOWN):
            message = f"`{shown(value.tree)}` is {with_article(str(type))}, and {place.reason}"
            _say(value, message, place, collector)
    typed = script.shell is Shell.PYTHON
    return {f"{PREFIX}{number}": ["call", "json", tree] if typed else tree for number, tree in enumerate(trees)}


def _say(value: SourcedTree, message: str, place: Place, collector: Collector) -> None:
    path, offset = value.place(())
    collector.report("PG314", message, path, hint=place.hint, offset=offset)
