"""Times as people write them, in seconds."""

from __future__ import annotations

import re

_PART = re.compile("([0-9]+)(ms|s|m|h|d)")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def seconds(text: str) -> float:
    """`1h30m` is 5400.0; the text has the form that the models demand."""
    return sum(int(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(text)) / 1000
