"""Another name for something that a text declares, in every place where the name stands."""

from __future__ import annotations

import re

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.lsp.names import GRAPHS, uses
from pipeglot.lsp.texts import Path, at
from pipeglot.spec.schema import patterns
from pipeglot.syntax.nodes import Tree, compose

_WAYS = "a step, `params.NAME`, `steps.STEP.outputs.NAME`, `steps.STEP.inputs.NAME` or `components.NAME`"


def renamed(text: str, key: str, new: str) -> tuple[str, int]:
    """The text, and how many places have changed. `key` is `train`, `steps.train`, `params.rows` or the like.

    Raises `SpecRejected`.
    """
    tree = compose(text)
    found = {use.name for use in uses(tree, text) if use.is_declaration}
    name = next((each for each in _meant(key) if each in found), None)
    if name is None:
        raise _refused(f"the file declares no `{key}`", _hint(key, found))
    if why := unfit(tree, name, new):
        raise _refused(why)
    places = sorted({(use.start, use.end) for use in uses(tree, text) if use.name == name}, reverse=True)
    for start, end in places:
        text = text[:start] + new + text[end:]
    return text, len(places)


def unfit(tree: Tree, name: Path, new: str) -> str | None:
    """Why what is declared there cannot be called so; None where it can."""
    pattern = patterns.STEP if name[-2] in (*GRAPHS, "components") else patterns.NAME
    if not re.fullmatch(pattern, new):
        return f"`{new}` is no name here: letters, digits and `_`, a lower-case letter first, 40 at most"
    others = GRAPHS if name[-2] in GRAPHS else (name[-2],)
    if any(at(tree, (*name[:-2], kind, new)) is not None for kind in others):
        return f"there is a `{new}` already"
    return None


def _meant(key: str) -> list[Path]:
    parts = tuple(key.split("."))
    steps: list[Path] = [(graph, *parts) for graph in GRAPHS]
    return [parts, *steps] if len(parts) > 1 else steps


def _hint(key: str, found: set[Path]) -> str:
    known = [".".join(map(str, name)) for name in sorted(found, key=str)]
    meant = nearest(key if "." in key else f"steps.{key}", known)
    return f"did you mean `{meant}`?" if meant else f"name {_WAYS}"


def _refused(message: str, hint: str | None = None) -> SpecRejected:
    return SpecRejected([Diagnostic("PG506", message, hint=hint)])
