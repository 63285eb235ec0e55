"""The words of an expression, each with its place; what other languages would write is answered here."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from pipeglot_expression.values import INT_MAX, INT_MIN, WireFault, convert


class SyntaxFault(Exception):
    """Text that is no expression. `start` and `end` are offsets into the scalar, in code points."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


class Token(NamedTuple):
    """`kind` is `name`, `literal`, `end`, or the operator itself. Literals carry their value."""

    kind: str
    text: str
    start: int
    end: int
    value: Any = None

    def fault(self, message: str, hint: str | None = None) -> SyntaxFault:
        return SyntaxFault(message, self.start, self.end, hint)


_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n]+)
  | (?P<name>[A-Za-z_][A-Za-z0-9_-]*)
  | (?P<number>-?[0-9](?:[eE][+-]|[0-9A-Za-z_]|\.(?=[0-9]))*)
  | (?P<single>'(?:[^']|'')*')
  | (?P<double>"(?:[^"\\]|\\.)*")
  | (?P<operator>==(?!=)|!=(?!=)|<=(?!>)|>=|<(?![<>])|>(?!>)|[()\[\],.])
  | (?P<other>===|!==|&&|\|\||<>|<=>|\?\?|\?\.|\*\*|//|<<|>>|=>|:=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")

_ARITHMETIC = "there is no arithmetic in expressions"
_SPELLED = {"&&": "and", "&": "and", "||": "or", "!": "not", "=": "==", "===": "==", "!==": "!=", "<>": "!="}
_FOREIGN = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "**", "//", "<<", ">>", "^", "~"), _ARITHMETIC),
    "|": "there are no filters in expressions",
    "?": "there is no choice by `? :` in expressions",
    "??": "there is no `??` in expressions",
    "?.": "there is no `?.` in expressions",
    ":": "a `:` has no meaning in expressions: there are neither slices nor dicts",
    "{": "dicts cannot be written in expressions",
    "}": "dicts cannot be written in expressions",
    "$": "`$` has no meaning inside `${{ }}`, where names are written bare",
    "`": "text stands in `'…'` or `\"…\"`",
    "“": "text stands in `'…'` or `\"…\"`",
    "”": "text stands in `'…'` or `\"…\"`",
    "‘": "text stands in `'…'` or `\"…\"`",
    "’": "text stands in `'…'` or `\"…\"`",
    "'": "this quote has no second one",
    '"': "this quote has no second one",
    "\\": 'a backslash has a meaning inside `"…"` only',
}
_FOREIGN_HINTS = {"??": "write `default(…, …)`"}


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words between two offsets; the last is `end`."""
    found: list[Token] = []
    position = start
    while position < end:
        match = _TOKEN.match(text, position, end)
        assert match
        assert match.lastgroup  # `other` takes any character
        position = match.end()
        if match.lastgroup != "blank":
            found.append(_READERS[match.lastgroup](match))
    found.append(Token("end", "", end, end))
    return found


def _name(match: re.Match[str]) -> Token:
    return Token("name", match.group(), match.start(), match.end())


def _operator(match: re.Match[str]) -> Token:
    return Token(match.group(), match.group(), match.start(), match.end())


def _number(match: re.Match[str]) -> Token:
    text, start, end = match.group(), match.start(), match.end()
    number = _NUMBER.fullmatch(text)
    if number is None:
        leading = re.fullmatch(r"-?0[0-9]+", text)
        why = "a number does not begin with 0" if leading else "numbers are written as in JSON"
        raise SyntaxFault(f"`{text}` is no number: {why}", start, end)
    if number.group("fraction"):
        value: int | float = float(text)
        if value - value != 0:
            raise SyntaxFault(f"`{text}` is too large for a float", start, end)
    elif len(text) > 20 or not INT_MIN <= int(text) <= INT_MAX:
        raise SyntaxFault(f"`{text}` is beyond the 64 bits of an int", start, end)
    else:
        value = int(text)
    return Token("literal", text, start, end, value)


def _single(match: re.Match[str]) -> Token:
    return _text(match, match.group()[1:-1].replace("''", "'"))


def _double(match: re.Match[str]) -> Token:
    try:
        return _text(match, json.loads(match.group()))
    except ValueError as fault:
        at = match.start() + getattr(fault, "pos", 0)
        message = "this is no JSON string: a `\\` or a control character stands in it that JSON does not know"
        raise SyntaxFault(message, at, match.end()) from None


def _text(match: re.Match[str], value: str) -> Token:
    try:
        convert(value, "string")
    except WireFault as fault:
        raise SyntaxFault(fault.message.replace("it", "the text", 1), match.start(), match.end()) from None
    return Token("literal", match.group(), match.start(), match.end(), value)


def _other(match: re.Match[str]) -> Token:
    text, start, end = match.group(), match.start(), match.end()
    if text in _SPELLED:
        raise SyntaxFault(f"`{text}` is no operator of expressions", start, end, f"write `{_SPELLED[text]}`")
    message = _FOREIGN.get(text)
    if message is None:
        shown = f"`{text}`" if text.isprintable() else f"the character U+{ord(text[0]):04X}"
        message = f"{shown} has no meaning in expressions"
    raise SyntaxFault(message, start, end, _FOREIGN_HINTS.get(text))


_READERS = {
    "name": _name,
    "operator": _operator,
    "number": _number,
    "single": _single,
    "double": _double,
    "other": _other,
}
