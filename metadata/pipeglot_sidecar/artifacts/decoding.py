"""Bytes and texts of arguments, variables and paths; what was read as JSON; paths that are told as URLs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOT_ASCII_SAFE = "surrogateescape"


def decoded(raw: bytes) -> str:
    return raw.decode("utf-8", NOT_ASCII_SAFE)


def encoded(text: str) -> bytes:
    """Arguments, variables and paths are UTF-8 on every engine, whatever the locale of its process says."""
    return text.encode("utf-8", NOT_ASCII_SAFE)


def is_object(value: Any) -> bool:
    """Whether what was read as JSON has names in it."""
    return isinstance(value, dict)


def local_path(text: str) -> str | None:
    """The path of a path or a `file://` URL; None for any other URL."""
    if text.startswith("file://"):
        return text[len("file://") :]
    return None if "://" in text else text
