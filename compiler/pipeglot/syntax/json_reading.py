"""A JSON file of params: one object, each of whose values is known by the place where it stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # what the decoder itself reads keys with
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Span
from pipeglot.diagnostics.sources import Json, Source
from pipeglot.syntax.decoding import decode
from pipeglot.syntax.reader import read_bytes
from pipeglot_expression.values import INT_MAX, INT_MIN, MAX_DEPTH, shortened

_BLANKS = re.compile(r"[ \t\n\r]*")
_LITERAL = re.compile(r"\"[^\"\n]*\"|[^\s,:\[\]{}\"]+|[\s\S]")
_UNREADABLE: Final = ("PG110", "PG111", "PG116")
"""What is refused of JSON too; the characters that YAML does not take are all right in it."""
_INT_LETTERS = 20


@dataclass(frozen=True, slots=True)
class JsonFile:
    """`names` and `places` are where the keys and the values of `source.data` stand."""

    source: Source
    names: dict[str, Span]
    places: dict[str, Span]


class _Refused(Exception):
    """What JSON allows and no value of the language can be."""


def read_json_file(path: Path) -> JsonFile:
    """Raises `SpecRejected` with the first thing that is wrong, at its place."""
    name = path.as_posix()
    text, faults = decode(read_bytes(path, name), name)
    faults = tuple(each for each in faults if each.code in _UNREADABLE)
    if faults:
        raise SpecRejected(faults, (Source(name, text, {}),))
    return _Reader(text, name).whole()


class _Reader:
    """Walks the outermost object, and has the standard decoder read what stands in it."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._decoder = json.JSONDecoder(
            parse_int=_int, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object
        )

    def whole(self) -> JsonFile:
        at = self._skipped(0)
        if not self._text[at:]:
            self._refuse("PG107", f"`{self._name}` is empty, and params are given by name", at)
        if self._text[at] != "{":
            self._refuse("PG108", f"`{self._name}` is no object, and params are given by name: `{{NAME: VALUE}}`", at)
        data: dict[str, Json] = {}
        names: dict[str, Span] = {}
        places: dict[str, Span] = {}
        at = self._skipped(at + 1)
        more = self._text[at : at + 1] != "}"
        while more:
            begun = at
            (key, after), value, start, at = self._entry(at)
            if key in data:
                self._refuse("PG101", f"`{shortened(key)}` stands twice in one object", begun)
            data[key] = value
            names[key], places[key] = Span(self._name, begun, after), Span(self._name, start, at)
            at = self._skipped(at)
            more = self._text[at : at + 1] == ","
            if not more and self._text[at : at + 1] != "}":
                self._refuse_json("a `,` or the closing `}` is missing before this", at)
            at = self._skipped(at + 1) if more else at
        if self._text[self._skipped(at + 1) :]:
            self._refuse_json("the object has ended, and more text follows", self._skipped(at + 1))
        return JsonFile(Source(self._name, self._text, data), names, places)

    def _entry(self, at: int) -> tuple[tuple[str, int], Json, int, int]:
        """Key and where it ends, value, and where that begins and ends."""
        if self._text[at : at + 1] != '"':
            self._refuse_json("a name in double quotes is missing before this", at)
        start = at
        try:
            key, after = cast("tuple[str, int]", scanstring(self._text, at + 1))
            colon = self._skipped(after)
            if self._text[colon : colon + 1] != ":":
                self._refuse_json("a `:` is missing before this", colon)
            start = self._skipped(colon + 1)
            value, end = self._decoder.raw_decode(self._text, start)
        except json.JSONDecodeError as fault:
            self._refuse_json(fault.msg[:1].lower() + fault.msg[1:], fault.pos)
        except RecursionError:
            self._refuse("PG115", f"collections stand more than {MAX_DEPTH} deep inside each other", start)
        except _Refused as fault:
            self._refuse("PG134", f"{fault}", start)
        return (key, after), cast(Json, value), start, end

    def _skipped(self, at: int) -> int:
        found = _BLANKS.match(self._text, at)
        return found.end() if found else at

    def _refuse_json(self, why: str, at: int) -> NoReturn:
        self._refuse("PG134", f"the text is no JSON from here on: {why}", at)

    def _refuse(self, code: str, message: str, at: int) -> NoReturn:
        found = _LITERAL.match(self._text, at)
        span = Span(self._name, at, found.end() if found else at)
        raise SpecRejected((Diagnostic(code, message, span),), (Source(self._name, self._text, {}),))


def _int(text: str) -> int:
    if len(text) <= _INT_LETTERS and INT_MIN <= int(text) <= INT_MAX:
        return int(text)
    raise _Refused("a number beyond 64 bits stands in this value, and none of the language is so large")


def _float(text: str) -> float:
    value = float(text)
    if value - value == 0:
        return value
    raise _Refused("a number too large for 64 bits stands in this value")


def _constant(text: str) -> NoReturn:
    raise _Refused(f"`{text}` stands in this value, and it is neither JSON nor a number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise _Refused("a name stands twice in an object of this value")
    return entries
