"""Comments that have a line of their own: one that stood above something at its indent stands so afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True)
class CommentLine:
    """`number` counts from 0; `below` is the indent of what comes next, None where nothing does."""

    number: int
    indent: int
    below: int | None


def comment_lines(text: str) -> Iterator[CommentLine]:
    lines = text.split("\n")
    within = _of_scalars(text)
    below: int | None = None
    found: list[CommentLine] = []
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if number in within or not line.strip():
            continue
        indent = len(line) - len(line.lstrip(" "))
        if line.lstrip(" ").startswith("#"):
            found.append(CommentLine(number, indent, below))
        else:
            below = indent
    return reversed(found)


def aligned(before: str, after: str) -> str:
    """`after`, which has the same comments in the same order, with those moved that stood right above something."""
    lines = after.split("\n")
    for old, new in zip(comment_lines(before), comment_lines(after), strict=False):
        if old.indent == old.below and new.below is not None:
            lines[new.number] = " " * new.below + lines[new.number].lstrip(" ")
    return "\n".join(lines)


def _of_scalars(text: str) -> set[int]:
    """The lines that go on with a scalar: all of its own but the first."""
    tokens = (token for token in yaml.scan(text, yaml.SafeLoader) if isinstance(token, yaml.ScalarToken))
    ends = ((token.start_mark.line + 1, token.end_mark.line + (token.end_mark.column > 0)) for token in tokens)
    return {number for first, last in ends for number in range(first, last)}
