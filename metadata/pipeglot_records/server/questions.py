"""What a question to the server is: its address, what may be given with it, and who answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from pipeglot.ir import Json
from pipeglot.rendering.redaction import redacted_in
from pipeglot_records.server.refusal import Refused
from pipeglot_records.store.database import Store

Given: TypeAlias = Mapping[str, str]
SWITCHES: Final = {"": True, "true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Param:
    """One of the query; `type` in the words of JSON Schema."""

    name: str
    description: str
    type: str = "string"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`answer` gives text of JSON. A part of the path in braces is given like the params of the query."""

    path: str
    summary: str
    answer: Callable[[Store, Given], str]
    params: Sequence[Param] = ()


def given(question: Question, query: Iterable[tuple[str, str]], path: Given) -> Given:
    """Everything that was asked, once. Raises `Refused` for what is unknown, missing or there twice."""
    known = {param.name for param in question.params}
    found: dict[str, str] = {}
    for name, value in query:
        if name not in known:
            listed = ", ".join(f"`{each.name}`" for each in question.params)
            raise Refused(400, f"`{name[:100]}` is no param of `{question.path}`", f"there are {listed or 'none'}")
        if name in found:
            raise Refused(400, f"`{name}` is given twice")
        found[name] = value
    for param in question.params:
        if param.required and not found.get(param.name):
            raise Refused(400, f"`{param.name}` is missing: {param.description}")
    return {**found, **path}


def switch(asked: Given, name: str) -> bool:
    said = asked.get(name, "false")
    if said not in SWITCHES:
        raise Refused(400, f"`{name}` is `{said[:100]}`, and there are `true` and `false`")
    return SWITCHES[said]


def count(asked: Given, name: str, usual: int, most: int) -> int:
    said = asked.get(name, str(usual))
    if not (said.isascii() and said.isdecimal() and len(said) < 10 and 1 <= int(said) <= most):
        raise Refused(400, f"`{name}` is `{said[:100]}`, and it is a whole number from 1 to {most:,}")
    return int(said)


def spelled(value: object) -> str:
    """As commands print it, without what they cover."""
    covered: Json = redacted_in(value)  # type: ignore[arg-type]  # whatever answers is JSON
    return json.dumps(covered, ensure_ascii=False, sort_keys=True)
