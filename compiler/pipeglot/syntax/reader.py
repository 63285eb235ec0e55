"""A text to plain data: fast when it is right, exact when it is wrong."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Generator, Mapping
from contextvars import ContextVar
from pathlib import Path

import yaml

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.sources import Json, Source
from pipeglot.syntax.decoding import SIZE, decode, encode
from pipeglot.syntax.loader import Unsupported, construct

_HIDDEN = re.compile(r"\\(?:0|x00|u0000|U00000000|u[dD][89a-fA-F]|U0000[dD][89a-fA-F])")
"""Perhaps an escape for NUL or for half a character: whether it is one depends on the quotes around it."""

_HELD: ContextVar[Mapping[Path, str] | None] = ContextVar("held", default=None)


@contextlib.contextmanager
def held(texts: Mapping[Path, str]) -> Generator[None]:
    """Within it these files are read as they stand in an editor, and not on the disk. Paths are resolved."""
    token = _HELD.set(texts)
    try:
        yield
    finally:
        _HELD.reset(token)


def read(content: str | bytes, name: str) -> Source:
    """Raises `SpecRejected` with everything that is wrong with the text as such."""
    raw, faults = encode(content, name) if isinstance(content, str) else (content, ())
    text = content if isinstance(content, str) else ""
    if not faults:
        text, faults = decode(raw, name)
    if faults:
        raise SpecRejected(faults, (Source(name, text, {}),))
    data = _data(text)
    if data is None or _HIDDEN.search(text):
        _refuse(text, name)
    if data is None:
        raise RuntimeError(f"`{name}` was found odd, and nothing in it is refused")
    return Source(name, text, data)


def read_file(path: Path, name: str | None = None) -> Source:
    """The same of a file; `name` is what messages call it, the path as given by default."""
    name = name or path.as_posix()
    return read(read_bytes(path, name), name)


def read_bytes(path: Path, name: str) -> bytes:
    """One byte more than a pipeline may have, at most."""
    texts = _HELD.get()
    text = texts.get(path.resolve()) if texts else None
    if text is not None:
        return text.encode("utf-8", "surrogatepass")
    try:
        with open(path, "rb", opener=_opened) as file:
            return file.read(SIZE + 1)
    except OSError as fault:
        raise SpecRejected((_unreadable(fault, name),)) from None


def _opened(path: str, flags: int) -> int:
    """Without waiting for someone who writes, where the file is a pipe: one that nobody writes to is empty."""
    number = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(number, True)
    return number


def _data(text: str) -> dict[str, Json] | None:
    try:
        return construct(text)
    except (Unsupported, yaml.YAMLError):
        return None


def _refuse(text: str, name: str) -> None:
    from pipeglot.syntax.refusals import refusals

    found = refusals(text, name)
    if found:
        raise SpecRejected(found, (Source(name, text, {}),))


def _unreadable(fault: OSError, name: str) -> Diagnostic:
    if isinstance(fault, FileNotFoundError):
        return Diagnostic("PG510", f"`{name}` does not exist")
    if isinstance(fault, IsADirectoryError):
        return Diagnostic("PG511", f"`{name}` is a folder, and a pipeline is a file")
    return Diagnostic("PG512", f"`{name}` cannot be read: {(fault.strerror or str(fault)).lower()}")
