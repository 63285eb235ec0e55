"""The language of `runs --where`: from a text to a tree."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from pipeglot.diagnostics.suggestions import nearest

HEADS: Final = (
    *("run", "pipeline", "state", "target", "profile", "started", "ended", "duration"),
    *("params", "metrics", "tags", "steps"),
)
NAMED: Final = {"params": "NAME", "metrics": "STEP.NAME", "tags": "NAME", "steps": "STEP"}
"""Those that are read by a name, and how."""
LONGEST: Final = 4096
DEEPEST: Final = 32

Value: TypeAlias = "str | float | bool"
Field: TypeAlias = tuple[str, ...]
"""`("params", "lr")`, `("metrics", "train.auc")`, `("state",)`."""


@dataclass(frozen=True, slots=True)
class Compare:
    """`op` is one of `== != < <= > >=`, `in` where there are several values."""

    field: Field
    op: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """Whether the run has such a thing at all."""

    field: Field


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class Joined:
    """`word` is `and` or `or`."""

    word: str
    parts: tuple[Condition, ...]


Condition: TypeAlias = "Compare | Has | Not | Joined"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs: all that hold is asked at once. `sort` is a field and whether the greatest comes first."""

    pipeline: str | None = None
    state: str | None = None
    where: Condition | None = None
    sort: tuple[Field, bool] | None = None
    limit: int | None = None


ALL = Wanted()


class NotComparable(ValueError):
    """A value that a field cannot be compared with, or a way in which it cannot be."""


class FilterFault(ValueError):
    """What is wrong with a text, and where: offsets into it."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.hint = message, start, end, hint


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    kind: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind == "bare" else ""


_QUOTED: Final = r'"(?:[^"\\]|\\.)*"' + "|'(?:[^']|'')*'"
_TOKEN: Final = re.compile(
    rf"\s*(?:(?P<quoted>{_QUOTED})|(?P<op>==|!=|<=|>=|[<>=])|(?P<mark>[()\[\],])"
    rf"|(?P<bare>[-+]?\w(?:\.(?:{_QUOTED})|[\w.:/+-])*))"
)
_OPS: Final = ("==", "!=", "<", "<=", ">", ">=")


def parse(text: str) -> Condition:
    """Raises `FilterFault`."""
    if len(text) > LONGEST:
        raise FilterFault(f"the filter has {len(text):,} letters, and {LONGEST:,} are read", 0, 1)
    return _Parser(text, _tokens(text)).whole()


def fields(condition: Condition | None) -> list[Field]:
    """Those that it speaks of, in its order."""
    match condition:
        case Joined(_, parts):
            return [name for part in parts for name in fields(part)]
        case Not(part):
            return fields(part)
        case Compare(name) | Has(name):
            return [name]
        case None:
            return []


def field(text: str, start: int = 0) -> Field:
    """Of a dotted name; what stands in quotes may hold anything. Raises `FilterFault`."""
    head, dot, rest = text.partition(".")
    end = start + len(text)
    if head not in HEADS:
        near = nearest(head, HEADS)
        known = ", ".join(f"`{name}.{NAMED[name]}`" if name in NAMED else f"`{name}`" for name in HEADS)
        raise FilterFault(f"a run has no `{head}`: there are {known}", start, end, near and f"did you mean `{near}`?")
    if head in NAMED:
        if not rest:
            raise FilterFault(f"`{head}` alone is none of them: write `{head}.{NAMED[head]}`", start, end)
        return head, _unquoted(rest)
    if dot:
        raise FilterFault(f"`{head}` has no parts", start, end, f"write `{head}`")
    return (head,)


def _unquoted(text: str) -> str:
    return re.sub(_QUOTED, lambda found: _literal(found[0]), text)


def _literal(text: str) -> str:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            hint = "close the quotes" if text[start] in "'\"" else None
            raise FilterFault(f"`{text[start]}` begins nothing that a filter has", start, start + 1, hint)
        kind = str(match.lastgroup)
        found.append(_Token(match[kind], match.start(kind), kind))
        at = match.end()
    return found


class _Parser:
    """`or` < `and` < `not` < one comparison < parentheses."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text, self._tokens, self._at, self._depth = text, tokens, 0, 0

    def whole(self) -> Condition:
        found = self._joined("or")
        if self._at < len(self._tokens):
            here = self._tokens[self._at]
            raise FilterFault(f"`{here.text}` stands where the filter is over", here.start, here.end, _between(here))
        return found

    def _joined(self, word: str) -> Condition:
        inner = self._negated if word == "and" else lambda: self._joined("and")
        parts = [inner()]
        while self._takes(word):
            parts.append(inner())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _negated(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FilterFault(f"more than {DEEPEST} conditions stand inside each other", 0, len(self._text))
        try:
            return Not(self._negated()) if self._takes("not") else self._one()
        finally:
            self._depth -= 1

    def _one(self) -> Condition:
        here = self._next("a condition, as `state == failed`")
        if here.text == "(":
            found = self._joined("or")
            self._close(")")
            return found
        if here.kind != "bare":
            raise FilterFault(f"`{here.text}` is no name of something that a run has", here.start, here.end)
        name = field(here.text, here.start)
        if self._takes("in"):
            return Compare(name, "in", self._values())
        if self._at < len(self._tokens) and self._tokens[self._at].kind == "op":
            return Compare(name, self._op(), (self._value(),))
        return Has(name)

    def _op(self) -> str:
        here = self._next("a comparison")
        if here.text not in _OPS:
            raise FilterFault("`=` sets a value, and here values are compared", here.start, here.end, "write `==`")
        return here.text

    def _values(self) -> tuple[Value, ...]:
        self._close("[")
        found = [self._value()]
        while self._takes(","):
            found.append(self._value())
        self._close("]")
        return tuple(found)

    def _value(self) -> Value:
        here = self._next("a value")
        if here.kind == "quoted":
            return _literal(here.text)
        if here.kind != "bare" or here.word in ("and", "or", "not", "in"):
            raise FilterFault(f"`{here.text}` is no value", here.start, here.end)
        if here.word in ("true", "false"):
            return here.word == "true"
        try:
            return float(here.text)
        except ValueError:
            return here.text

    def _close(self, mark: str) -> None:
        if not self._takes(mark):
            here = self._tokens[self._at] if self._at < len(self._tokens) else None
            start = here.start if here else max(0, len(self._text) - 1)
            where = "here" if here else "at the end"
            raise FilterFault(f"`{mark}` is missing", start, start + 1, f"write `{mark}` {where}")

    def _takes(self, text: str) -> bool:
        here = self._tokens[self._at] if self._at < len(self._tokens) else None
        found = here is not None and (here.word == text or (here.kind == "mark" and here.text == text))
        self._at += found
        return found

    def _next(self, wanted: str) -> _Token:
        if self._at >= len(self._tokens):
            end = len(self._text)
            raise FilterFault(f"the filter ends where {wanted} should be", max(0, end - 1), end)
        self._at += 1
        return self._tokens[self._at - 1]


def _between(here: _Token) -> str | None:
    return "write `and` or `or` between two conditions" if here.kind in ("bare", "quoted") else None
