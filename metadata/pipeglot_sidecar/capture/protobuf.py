"""The wire form of Protocol Buffers, read by hand: all that files of events need of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

VARINT, EIGHT, SIZED, FOUR = 0, 1, 2, 5


def fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    """Number and content of each field, as it comes. Raises `ValueError` for what is none."""
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _varint(raw, at)
            yield key >> 3, value
            continue
        size = {EIGHT: 8, FOUR: 4}.get(kind, -1)
        if kind == SIZED:
            size, at = _varint(raw, at)
        if size < 0 or at + size > len(raw):
            raise ValueError("no message of Protocol Buffers")
        yield key >> 3, raw[at : at + size]
        at += size


def sized(raw: bytes, number: int) -> list[bytes]:
    """The contents of the fields of one number that are texts or messages."""
    return [part for found, part in fields(raw) if found == number and isinstance(part, bytes)]


def text(raw: bytes, number: int) -> str:
    return b"".join(sized(raw, number)[-1:]).decode("utf-8", "replace")


def signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(raw) and shift < 70:
        byte = raw[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise ValueError("no number of Protocol Buffers")
