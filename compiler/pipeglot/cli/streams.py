"""Standard streams that can be written to, whatever they are: closed, full, or of few characters."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TextIO


def open_all() -> None:
    """A closed stream leads nowhere, lest the next file take its number; what a stream cannot show becomes `?`."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    # typed as always there, and None where it was closed
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    _reconfigure(errors="replace")


def can_move() -> bool:
    """Whether a terminal knows how to move its cursor."""
    return os.environ.get("TERM", "") not in ("", "dumb")


def for_programs() -> None:
    """From here on standard output is UTF-8: programs and files expect that in every locale."""
    _reconfigure(encoding="utf-8", errors="backslashreplace")


def _reconfigure(**settings: str) -> None:
    change = getattr(sys.stdout, "reconfigure", None)
    # whoever calls us from Python may have put something simpler there
    if change is not None:
        change(**settings)


def settle(stream: TextIO) -> None:
    """The rest of what was told on the way; where it cannot be written it stays untold, and nothing else is wrong."""
    try:
        stream.flush()
    except OSError:
        leave(stream)


def leave(stream: TextIO) -> None:
    """Nothing more is written there: a second failure, at the interpreter's exit, would only say so once more."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
