"""PG901 is a fault of ours: where a test runs the command and it says so, here or in a process, the test fails."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipeglot.cli import main
from pipeglot.diagnostics import Diagnostic

SAID = "pipeglot itself failed"


def told(output: object) -> str | None:
    """What the command said of itself in what was read from one of its streams."""
    text = output.decode("utf-8", "replace") if isinstance(output, bytes) else output
    if not isinstance(text, str) or SAID not in text:
        return None
    return next(line for line in text.splitlines() if SAID in line)


@contextmanager
def seen() -> Iterator[list[str]]:
    """Those that are met meanwhile."""
    found: list[str] = []
    read, said = subprocess.Popen.communicate, main._bug

    def communicate(process: subprocess.Popen[Any], *arguments: Any, **named: Any) -> tuple[Any, Any]:
        streams = read(process, *arguments, **named)
        found.extend(filter(None, map(told, streams)))
        return streams

    def bug(fault: Exception) -> Diagnostic:
        made = said(fault)
        found.append(made.message)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "communicate", communicate)
        patch.setattr(main, "_bug", bug)
        yield found
