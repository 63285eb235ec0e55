"""What one line says that a command reported: JSON of `$PIPEGLOT_EVENTS`, `name=value` of `$PIPEGLOT_METRICS`."""

from __future__ import annotations

import json

from pipeglot_sidecar.artifacts.decoding import is_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_expression.values import Value

REPORTED = ("metric", "param", "tag", "note")
LONGEST_NAME = 250
DEEPEST = 100
MOST_DIGITS = 400
SURELY_HELD = 300
NAN, INFINITY = "NaN", "Infinity"
WORDS = {"nan": NAN, "inf": INFINITY, "infinity": INFINITY}
NO_NUMBERS = (NAN, INFINITY, "-" + INFINITY)
"""Values of metrics that JSON has no numbers for, as the record has them."""


class InvalidLine(Exception):
    """A line that does not say anything."""


def read_report(line: str) -> dict[str, Any]:
    """`{"metric": NAME, "value": 0.12, "step": 3}`, or with `param`, `tag` or `note` in the place of `metric`."""
    found: Any = DECODER.decode(line)
    if not is_object(found):
        raise InvalidLine("is not an object")
    event = next((kind for kind in REPORTED if kind in found), None)
    if event is None:
        raise InvalidLine("names none of metric, param, tag and note")
    if "\\u" in line or line.count("[") + line.count("{") > DEEPEST:
        refuse_what_no_store_keeps(found)
    name, value, at = found[event], found.get("value"), found.get("step")
    if event == "note" and value is None:
        name, value = "note", name
    if value is None or (event == "metric" and not _measures(value)):
        raise InvalidLine("has no value that fits")
    if at is not None and not _is_number(at):
        raise InvalidLine("has a step that is no number")
    return _said(event, named(name), value, at)


def read_metric(line: str) -> dict[str, Any]:
    """`name=value` or `name=value step=N`."""
    words = line.split()
    name, equals, value = words[0].partition("=")
    at = words[1][len("step=") :] if len(words) == 2 and words[1].startswith("step=") else None
    if not (name and equals) or len(words) > 2 or (len(words) == 2 and at is None):
        raise InvalidLine("is not `name=value` or `name=value step=N`")
    measured = _no_number(value) or _number(value)
    return _said("metric", named(name), measured, None if at is None else _number(at))


def _said(event: str, name: str, value: Any, at: Any) -> dict[str, Any]:
    fields = {"event": event, "name": name, "value": value}
    return fields if at is None else {**fields, "at": at}


def named(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise InvalidLine("has no name")
    if len(name) > LONGEST_NAME:
        raise InvalidLine(f"has a name longer than {LONGEST_NAME} characters")
    if "\0" in name:
        raise InvalidLine("holds a NUL")
    return name


def refuse_what_no_store_keeps(found: Value) -> None:
    """Halves of characters, NUL, and what is nested so deep that few programs could read it."""
    pending: list[tuple[Value, int]] = [(found, 0)]
    while pending:
        part, depth = pending.pop()
        if depth > DEEPEST:
            raise InvalidLine(f"is nested deeper than {DEEPEST}")
        if isinstance(part, (list, dict)):
            pending += [(each, depth + 1) for each in part]
            pending += [(each, depth + 1) for each in part.values()] if isinstance(part, dict) else []
        elif isinstance(part, str) and not _is_whole(part):
            raise InvalidLine("holds a NUL, or half of a character")


def _is_whole(text: str) -> bool:
    try:
        return b"\0" not in text.encode("utf-8")
    except UnicodeEncodeError:
        return False


def _measures(value: Any) -> bool:
    """Of a metric."""
    return value in NO_NUMBERS if isinstance(value, str) else isinstance(value, bool) or _is_number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _no_number(text: str) -> str:
    """NaN or an infinity, however it is spelled; empty for a number."""
    word = WORDS.get(text.lstrip("+-").lower(), "")
    return "-" + word if word == INFINITY and text.startswith("-") else word


def _number(text: str) -> float:
    return _whole_number(text) if text.lstrip("+-").isdigit() else _double(text)


def _whole_number(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise InvalidLine(f"has a number of more than {MOST_DIGITS} digits")
    number = int(text)
    if len(text) > SURELY_HELD:
        _double(text)
    return number


def _double(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise InvalidLine(f"has a number that no double holds: {text[:20]}")
    return number


DECODER = json.JSONDecoder(parse_float=_double, parse_int=_whole_number, parse_constant=str)
