"""Python source for the DAG file: every constant escaped, laid out as a formatter would."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pipeglot.ir import Json

WIDTH = 120
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Name:
    """An expression that is written as it stands: a variable, an attribute, a call of ours without arguments."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call with keyword arguments, after at most a few positional ones."""

    function: str
    keywords: tuple[tuple[str, Node], ...] = ()
    positional: tuple[Node, ...] = ()


Node: TypeAlias = "Name | Call | bool | int | float | str | list[Node] | dict[str, Node] | None"


def node(value: Json) -> Node:
    """A JSON value as the constant that stands for it."""
    if isinstance(value, list):
        return [node(each) for each in value]
    if isinstance(value, dict):
        return {key: node(each) for key, each in value.items()}
    return value


def keywords(given: Mapping[str, Node]) -> tuple[tuple[str, Node], ...]:
    """Arguments in the order written, without those that are None."""
    return tuple((name, value) for name, value in given.items() if value is not None)


def layout(value: Node, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """The source of a value that starts at column `before`; on one line where it fits with `after` more columns."""
    flat = _flat(value)
    if before + len(flat) + after <= WIDTH or not _parts(value):
        return flat
    opening, parts, closing = _frame(value)
    inner = INDENT * (indent + 1)
    lines = [f"{inner}{head}{layout(part, indent + 1, len(inner) + len(head), 1)}," for head, part in parts]
    return "\n".join([opening, *lines, INDENT * indent + closing])


def assignment(target: str, value: Node, indent: int = 0, after: int = 0) -> str:
    head = f"{INDENT * indent}{target} = "
    return head + layout(value, indent, len(head), after)


def text(value: str) -> str:
    """A string constant, in double quotes unless that takes more escapes than single ones."""
    plain = repr(value)
    if plain.startswith('"') or value.count('"') > value.count("'"):
        return plain
    return '"' + plain[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def variable(name: str, taken: Iterable[str]) -> str:
    """A Python variable for an id, unlike keywords and the names already taken."""
    wanted = re.sub(r"\W", "_", name, flags=re.ASCII)
    if not wanted or wanted[0].isdigit():
        wanted = "_" + wanted
    occupied = set(taken)
    while wanted in occupied or keyword.iskeyword(wanted) or keyword.issoftkeyword(wanted):
        wanted += "_"
    return wanted


def _flat(value: Node) -> str:
    if isinstance(value, Name):
        return value.text
    if isinstance(value, str):
        return text(value)
    if isinstance(value, (Call, list, dict)):
        opening, parts, closing = _frame(value)
        return opening + ", ".join(head + _flat(part) for head, part in parts) + closing
    return repr(value)


def _parts(value: Node) -> bool:
    return isinstance(value, (Call, list, dict)) and bool(_frame(value)[1])


def _frame(value: Node) -> tuple[str, list[tuple[str, Node]], str]:
    """What encloses a value's parts, and each part with what stands before it."""
    if isinstance(value, Call):
        parts = [("", each) for each in value.positional]
        return f"{value.function}(", [*parts, *((f"{name}=", each) for name, each in value.keywords)], ")"
    if isinstance(value, list):
        return "[", [("", each) for each in value], "]"
    assert isinstance(value, dict)
    return "{", [(f"{text(key)}: ", each) for key, each in value.items()], "}"
