"""Where in the text each character of a scalar's value stands, in every style that YAML has."""

from __future__ import annotations

import re
import sys
from typing import Final, TypeAlias

from pipeglot.syntax.nodes import Node

Letter: TypeAlias = tuple[str, int, int]
"""A character of the value, and from where to where it is spelled."""

_ESCAPES: Final = dict(zip('0abtnvfre "/\\N_LP\t', '\0\a\b\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029\t', strict=True))
_DIGITS: Final = {"x": 2, "u": 4, "U": 8}
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+(?:#.*\s+)*|\Z))*")
_BREAK = re.compile(r"\r?\n")
_HEADER = re.compile(r"[|>](?:[+-]?([1-9])?[+-]?)[^\n]*\n?")


def begin(text: str, node: Node) -> int:
    """Where a node's own text begins, after an anchor."""
    if not node.anchor and not node.tag:
        return node.start
    match = _PROPERTIES.match(text, node.start, node.end)
    return match.end() if match else node.start


def letters(text: str, node: Node, most: int = sys.maxsize) -> list[Letter] | None:
    """One entry for each character of the value of a scalar, of the first ones where it has more than `most`; None
    where the spelling is not understood."""
    start, value = begin(text, node), node.value
    if node.style in ("|", ">"):
        for found in _block_readings(text, start, node, most):
            if _reads(found, value, most):
                return found[: len(value)]
        return None
    quotes = 1 if node.style else 0
    found = _flow(text, start + quotes, node.end - quotes, node.style, most)
    return found if _reads(found, value, most) else None


def _reads(found: list[Letter], value: str, most: int) -> bool:
    read = "".join(character for character, _, _ in found)
    return read == value or (most <= len(read) < len(value) and value.startswith(read))


def _flow(text: str, at: int, end: int, style: str, most: int) -> list[Letter]:
    found: list[Letter] = []
    while at < end and len(found) < most:
        letter = text[at]
        if letter in " \t\r\n":
            at = _blanks(text, at, end, found)
        elif style == "'" and letter == "'":
            found.append(("'", at, at + 2))
            at += 2
        elif style == '"' and letter == "\\":
            at = _escape(text, at, end, found)
        else:
            found.append((letter, at, at + 1))
            at += 1
    return found


def _blanks(text: str, at: int, end: int, found: list[Letter]) -> int:
    """Blanks inside a line stand for themselves; around line ends they go, and the line ends are folded."""
    after = at
    while after < end and text[after] in " \t\r\n":
        after += 1
    breaks = [match.span() for match in _BREAK.finditer(text, at, after)]
    if not breaks:
        found += ((text[i], i, i + 1) for i in range(at, after))
    elif len(breaks) == 1:
        found.append((" ", *breaks[0]))
    else:
        found += (("\n", *span) for span in breaks[1:])
    return after


def _escape(text: str, at: int, end: int, found: list[Letter]) -> int:
    kind = text[at + 1]
    if kind in "\r\n":
        after = at + 1
        while after < end and text[after] in " \t\r\n":
            after += 1
        # the escaped line end is nothing, those behind it are line ends
        breaks = [match.span() for match in _BREAK.finditer(text, at, after)]
        found += (("\n", *span) for span in breaks[1:])
        return after
    after = at + 2 + _DIGITS.get(kind, 0)
    character = chr(int(text[at + 2 : after], 16)) if kind in _DIGITS else _ESCAPES.get(kind, kind)
    found.append((character, at, after))
    return after


def _block_readings(text: str, start: int, node: Node, most: int) -> list[list[Letter]]:
    """The reading of a block scalar; with a written indentation, which counts from its parent, all that may be."""
    header = _HEADER.match(text, start)
    if header is None:
        return []
    body, end = header.end(), node.end
    lines = _BREAK.split(text[body:end])
    indents = [len(line) - len(line.lstrip(" ")) for line in lines]
    # empty lines before the first text count too
    first = next((i for i, line in enumerate(lines) if line.strip(" ")), len(lines) - 1)
    candidates = range(max(indents) + 1) if header[1] else [max(indents[: first + 1])]
    return [_chomped(_block(text, body, end, indent, node.style == ">", most), node.value) for indent in candidates]


def _chomped(found: list[Letter], value: str) -> list[Letter]:
    return found[: len(value)] if all(letter[0] == "\n" for letter in found[len(value) :]) else found


def _block(text: str, at: int, end: int, indent: int, folded: bool, most: int) -> list[Letter]:
    """As libyaml's scanner does it, line by line, with the places of what it keeps."""
    found: list[Letter] = []
    at, trailing = _empty_lines(text, at, end, indent)
    leading: list[Letter] = []
    was_blank = False
    while at < end and len(found) < most:
        is_blank = text[at] in " \t"
        if folded and leading and not was_blank and not is_blank:
            if not trailing:
                found.append((" ", *leading[0][1:]))
        else:
            found += leading
        found += trailing
        was_blank = is_blank
        match = _BREAK.search(text, at, end)
        stop = match.start() if match else end
        found += ((text[i], i, i + 1) for i in range(at, min(stop, at + most)))
        leading = [("\n", *match.span())] if match else []
        at, trailing = _empty_lines(text, match.end() if match else end, end, indent)
    return found[:most] if len(found) >= most else found + leading + trailing


def _empty_lines(text: str, at: int, end: int, indent: int) -> tuple[int, list[Letter]]:
    """From the start of a line to the first character that counts; the line ends passed on the way."""
    passed: list[Letter] = []
    while True:
        column = 0
        while column < indent and text[at : at + 1] == " " and at < end:
            at, column = at + 1, column + 1
        match = _BREAK.match(text, at, end)
        if match is None:
            return at, passed
        passed.append(("\n", *match.span()))
        at = match.end()
