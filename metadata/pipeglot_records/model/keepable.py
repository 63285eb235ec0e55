"""Lines that others wrote, as every store can keep them: what none keeps is spelled out in its place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import cast

from pipeglot.ir import Json

LONGEST = 1024 * 1024
DEEPEST = 200
NO_NUMBERS: Mapping[str, float] = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""Values that JSON has no numbers for, as records have them."""

_SUSPECT = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_UNKEPT = re.compile("[\0\ud800-\udfff]")


def readable(line: str) -> Json:
    """What the line says; None for what is no JSON, or more than a store should be given."""
    if len(line) > LONGEST:
        return None
    deep = line.count("[") + line.count("{") > DEEPEST
    try:
        found = cast(Json, _DECODER.decode(line))
    except (ValueError, RecursionError):
        return None
    if deep and _is_deep(found):
        return None
    return _cleaned(found) if _SUSPECT.search(line) else found


def is_measure(value: Json) -> bool:
    """Whether it can be a point of a series. Null stands for NaN in older logs."""
    if isinstance(value, str):
        return value in NO_NUMBERS
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**1023
    return value is None or isinstance(value, bool | float)


def measure_of(value: Json) -> float | None:
    """None for NaN, which no SQLite holds."""
    found = NO_NUMBERS[value] if isinstance(value, str) else math.nan if value is None else float(cast(float, value))
    return None if math.isnan(found) else found


def measure_told(value: float | None) -> float | str:
    """The value of a point as JSON has it."""
    if value is None or math.isnan(value):
        return "NaN"
    return value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"


def _double(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"


def _is_deep(found: Json) -> bool:
    pending = [(found, 0)]
    while pending:
        part, depth = pending.pop()
        if depth > DEEPEST:
            return True
        if isinstance(part, dict | list):
            parts = part.values() if isinstance(part, dict) else part
            pending.extend((each, depth + 1) for each in parts)
    return False


def _cleaned(found: Json) -> Json:
    """Halves of characters and NUL as the escapes by which JSON names them."""
    if isinstance(found, str):
        return _UNKEPT.sub(lambda char: f"\\u{ord(char[0]):04x}", found)
    if isinstance(found, list):
        return [_cleaned(each) for each in found]
    if isinstance(found, dict):
        return {cast(str, _cleaned(key)): _cleaned(each) for key, each in found.items()}
    return found


_DECODER = json.JSONDecoder(parse_float=_double, parse_constant=str)
