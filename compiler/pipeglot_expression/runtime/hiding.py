"""Texts that nobody may see, and what is shown in their place."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pipeglot_expression.values import Value

HIDDEN = "[redacted]"
SHORTEST_HIDDEN = 4
"""Characters: what is shorter stands in too many harmless texts."""
SHORTEST_HIDDEN_LINE = 8


class Hidden:
    """Grows as values become known. Covers each in the forms in which programs write texts."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._ordered: list[str] | None = []

    def __bool__(self) -> bool:
        return bool(self._forms)

    def add(self, value: Any) -> None:
        """A value of the language; of a list or dict, what is in it too."""
        self._ordered = None
        for text in _hidden_texts(value):
            if len(text) >= SHORTEST_HIDDEN:
                self._forms.update(_forms_of(text))

    def clear(self) -> None:
        self._forms.clear()
        self._ordered = []

    def cover(self, text: str) -> str:
        # one after the other: an expression that is as long as these may be takes minutes to compile
        for form in self.forms():
            text = text.replace(form, HIDDEN)
        return text

    def cover_in(self, value: Value) -> Any:
        """The value, with every text in it covered."""
        if isinstance(value, str):
            return self.cover(value)
        if isinstance(value, list):
            return [self.cover_in(part) for part in value]
        if isinstance(value, dict):
            return {self.cover(str(name)): self.cover_in(part) for name, part in value.items()}
        return value

    def forms(self) -> list[str]:
        """All that is covered, the longest first."""
        if self._ordered is None:
            self._ordered = sorted(self._forms, key=lambda form: (-len(form), form))
        return self._ordered


def _hidden_texts(value: Value) -> Iterator[str]:
    """A text and its lines; a number as it is written; of a list or dict the whole, and all values in it."""
    if isinstance(value, str):
        yield value
        lines = [line.strip() for line in value.splitlines()]
        yield from (line for line in lines if len(line) >= SHORTEST_HIDDEN_LINE and line != value)
    elif isinstance(value, (list, dict)):
        if value:
            for ascii_only in (True, False):
                for separators in ((",", ":"), (", ", ": ")):
                    yield json.dumps(value, ensure_ascii=ascii_only, separators=separators, default=str)
            yield repr(value)
        for part in value.values() if isinstance(value, dict) else value:
            yield from _hidden_texts(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield json.dumps(value)


def _forms_of(text: str) -> Iterator[str]:
    """As it is; inside JSON, with and without escapes of our own; inside a Python text; in a URL; in base64."""
    escaped = json.dumps(text)[1:-1]
    yield from (text, escaped, json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1])
    yield "".join(f"\\u{ord(char):04x}" if char in "${}%#\x7f" else char for char in escaped)
    raw = text.encode("utf-8", "surrogatepass")
    yield "".join(chr(byte) if _is_plain_in_urls(byte) else f"%{byte:02X}" for byte in raw)
    yield from (form for form in _forms_in_base64(raw) if len(form) >= SHORTEST_HIDDEN_LINE)


def _is_plain_in_urls(byte: int) -> bool:
    return byte in b"_.-~" or (byte < 128 and chr(byte).isalnum())


def _forms_in_base64(raw: bytes) -> Iterator[str]:
    """Whatever stands before it, as in `user:password`: the digits that hold nothing of its neighbours."""
    from binascii import b2a_base64

    yield b2a_base64(raw, newline=False).decode("ascii")
    for before in range(3):
        whole = b2a_base64(b"\0" * before + raw, newline=False).decode("ascii").rstrip("=")
        first = (before * 8 + 5) // 6
        yield whole[first : (before + len(raw)) * 8 // 6]
