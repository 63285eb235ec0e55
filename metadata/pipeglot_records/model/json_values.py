"""Reading JSON that others wrote: the value when it has the wanted type, else nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipeglot.definition import canonical
from pipeglot.ir import Json


def text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def integer(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


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
