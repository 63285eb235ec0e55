"""What a step runs, as a person wrote it: for the comments of native files, which nothing executes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from textwrap import wrap
from typing import cast

from pipeglot.ir import Body, Command, Notebook, Notify, Script, Shell, Tree
from pipeglot.scripts.splicing import PREFIX
from pipeglot_expression.evaluate import shown

WIDTH = 110
MOST = 40
"""Lines of one command that are shown: the step table has all of it."""
_VARIABLE = re.compile(rf'"?\$\{{({PREFIX}\d+)\}}"?|\b({PREFIX}\d+)\b')
_PLAIN = re.compile(r"[\w@%+=:,./$\{\}\[\]-]+")


def lines(body: Body) -> tuple[str, ...]:
    """In printable characters; long ones are wrapped."""
    found = [part for line in _written(body).split("\n") for part in _wrapped(_printable(line))]
    while found and not found[-1]:
        found.pop()
    return (*found[:MOST], *(("…",) if len(found) > MOST else ()))


def _written(body: Body) -> str:
    if isinstance(body, Command):
        return " ".join(_argument(tree) for tree in body.argv)
    if isinstance(body, Script):
        return "".join(_script(body))
    if isinstance(body, Notebook):
        return f"notebook: {body.path}"
    if isinstance(body, Notify):
        return f"notify: {_argument(body.message)}"
    return f"python: {body.function}"


def _argument(tree: Tree) -> str:
    if tree[0] == "lit" and isinstance(tree[1], str):
        return shlex.quote(tree[1])
    if tree[0] != "text":
        return "${{ " + shown(tree) + " }}"
    text = shown(tree)
    plain = all(_PLAIN.fullmatch(part) for part in tree[1:] if isinstance(part, str))
    return text if plain else '"' + text.replace('"', '\\"') + '"'


def _script(body: Script) -> Iterator[str]:
    """With the expressions in the places of the variables that hold them."""
    end = 0
    for found in _VARIABLE.finditer(body.text):
        tree = body.variables.get(found[1] or found[2])
        if tree is not None:
            typed = body.shell is Shell.PYTHON and isinstance(tree[-1], list)
            yield body.text[end : found.start()] + "${{ " + shown(cast(Tree, tree[-1]) if typed else tree) + " }}"
            end = found.end()
    yield body.text[end:]


def _printable(line: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line.rstrip())


def _wrapped(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    more = " " * (len(line) - len(line.lstrip()) + 2)
    return wrap(line, WIDTH, subsequent_indent=more, drop_whitespace=False, break_on_hyphens=False) or [line]
