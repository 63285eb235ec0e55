"""Reading JSON that others wrote: the value when it has the wanted type, else nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from pipeglot.definition import canonical
from pipeglot.ir import Json

_MOST = 2**63


def text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def integer(value: Json) -> int | None:
    """One that every store holds."""
    found = value if isinstance(value, int) and not isinstance(value, bool) else None
    return found if found is not None and -_MOST <= found < _MOST else None


def number(value: Json) -> float | None:
    """A finite one."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def sequence(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def write(value: Json) -> str:
    return canonical(value)


def read(value: str | None) -> Json:
    """The other way of `write`; no text is no value."""
    if value is None:
        return None
    found: Json = json.loads(value)
    return found
