"""How figures and states read on a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone

from pipeglot.ir import Json
from pipeglot_records.model.events import Fields
from pipeglot_records.model.json_values import integer, mapping, text
from pipeglot_records.model.keepable import measure_told
from pipeglot_records.show.columns import aligned as aligned
from pipeglot_records.show.columns import measured

WIDTH = 80
VALUE = 56
SECOND = 10**9

MARKS: Mapping[str, tuple[str, str]] = {
    "succeeded": ("✓", "+"),
    "cached": ("✓", "+"),
    "failed": ("✗", "x"),
    "skipped": ("–", "o"),
    "cancelled": ("■", "!"),
    "running": ("▶", ">"),
    "pending": ("·", "."),
    "unknown": ("?", "?"),
}
"""A state's mark, and the one for terminals that know ASCII alone."""

COLOURS: Mapping[str, str] = {
    "succeeded": "32",
    "cached": "32",
    "failed": "31",
    "skipped": "2",
    "cancelled": "33",
    "running": "36",
    "pending": "2",
    "unknown": "33",
}

_SIZES = ("B", "kB", "MB", "GB", "TB")


def duration(nanoseconds: int | None) -> str:
    if nanoseconds is None or nanoseconds < 0:
        return ""
    seconds = nanoseconds / SECOND
    if seconds < 59.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {rest:02}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m" if hours < 48 else f"{hours // 24}d {hours % 24:02}h"


def instant(nanoseconds: int) -> str:
    """RFC 3339, to the millisecond."""
    return f"{moment(nanoseconds).replace(' ', 'T')}.{nanoseconds % SECOND // 10**6:03}Z"


def moment(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds // SECOND, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def size(count: int) -> str:
    figure = float(count)
    for unit in _SIZES:
        if figure < 999.5 or unit == _SIZES[-1]:
            return f"{figure:.0f} {unit}" if unit == "B" or figure >= 99.95 else f"{figure:.1f} {unit}"
        figure /= 1000
    return ""


def figure(value: float | None) -> str:
    detail = measure_told(value)
    return detail if isinstance(detail, str) else f"{detail:.6g}"


def value_text(entry: Fields, width: int = VALUE) -> str:
    """A recorded value on one line, cut where it is long."""
    return "(redacted)" if entry.get("redacted") is True else shortened(_json(entry.get("value")), width)


def digest_text(digest: Json) -> str:
    """Enough of a digest to tell it from others by eye."""
    return " ".join(f"{kind}:{str(found)[:12]}" for kind, found in mapping(digest).items())


def ending(reason: str | None, end: Fields) -> str:
    """Why something ended as it did: the reason, and the code or signal that belongs to it."""
    detail = ""
    if reason == "exit-code" and integer(end.get("exit_code")) is not None:
        detail = f" {end.get('exit_code')}"
    if reason == "signal":
        detail = f" {text(end.get('signal')) or ''}"
    return f"{reason}{detail}".rstrip() if reason else ""


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def shortened(found: str, width: int) -> str:
    """One printable line, cut where it would be wider."""
    line = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in found[: width + 1])
    if measured(line) <= width:
        return line
    while measured(line) >= width:
        line = line[:-1]
    return line + "…"


def painted(found: str, state: str, colour: bool) -> str:
    return f"\x1b[{COLOURS[state]}m{found}\x1b[0m" if colour and state in COLOURS else found


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
