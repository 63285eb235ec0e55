"""One form for a text: two blanks a level, nothing at the end of lines, and no line that could be shorter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml.error import YAMLError

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Span
from pipeglot.diagnostics.sources import Source
from pipeglot.edit.comment_lines import aligned
from pipeglot.edit.document import comments, inside, parsed, same, written
from pipeglot.syntax.reader import read

WIDTH = 120
"""Letters of a line that a flow collection may fill: a longer one stands in lines of its own."""
ROUNDS = 40
_BLANKS = re.compile(r"\n{4,}")


def formatted(content: str | bytes, name: str) -> str:
    """Raises `SpecRejected` where it cannot be read, or would not be the same with all its comments."""
    before = read(content, name).text.replace("\r\n", "\n")
    try:
        after = _formed(before)
    except (YAMLError, ValueError, AssertionError, AttributeError) as fault:
        why = str(fault).strip().partition("\n")[0]
        raise _left(name, why, before, Span(name, 0, len(before.partition("\n")[0]))) from None
    if not same(before, after):
        raise _lost(name, before, after)
    return after


def _formed(text: str) -> str:
    """Written anew until nothing is to be broken any more, and writing it once more changes nothing."""
    for _ in range(ROUNDS):
        document = parsed(text)
        for long in _too_wide(document, written(document)):
            long.fa.set_block_style()
        after = aligned(text, _spaced(written(document)))
        if after == text:
            return after
        text = after
    raise ValueError("it has no form that stays")


def _too_wide(document: Any, text: str) -> list[Any]:
    """The outermost collections in flow style whose lines are too long."""
    lines = text.splitlines()
    again = parsed(text)
    return [
        mine
        for mine, copy in zip(_flows(document), _flows(again), strict=True)
        if max((len(line) for line in lines[copy.lc.line : copy.lc.line + 1]), default=0) > WIDTH and mine
    ]


def _flows(node: Any) -> Iterator[Any]:
    """In the order of the text; what is inside of one is not looked into."""
    if getattr(node, "fa", None) is None:
        return
    if node.fa.flow_style():
        yield node
        return
    for inner in inside(node):
        yield from _flows(inner)


def _spaced(text: str) -> str:
    """At most two empty lines after each other, none at the beginning and the end."""
    return _BLANKS.sub("\n\n\n", text).strip("\n") + "\n"


def _lost(name: str, before: str, after: str) -> SpecRejected:
    """At the first comment that would not be there any more."""
    gone = comments(before) - comments(after)
    start = min((before.index(comment) for comment in gone), default=0)
    message = "a comment stands where it would be lost" if gone else "something in it would be another"
    end = start + len(before[start:].partition("\n")[0])
    return _left(name, message, before, Span(name, start, end))


def _left(name: str, why: str, text: str, place: Span) -> SpecRejected:
    message = f"the file is left as it is: {why}"
    hint = "put comments on lines of their own, or at the end of a line of block style"
    return SpecRejected([Diagnostic("PG561", message, place, hint=hint)], (Source(name, text, {}),))
