"""Targets' SDKs, loaded where they are needed, and what they have in common: times, refusals as diagnostics."""

from __future__ import annotations

import importlib
import re
from datetime import datetime
from typing import Any

from pipeglot.diagnostics import Diagnostic, SpecRejected


def moment(text: str | None) -> datetime | None:
    """A time as engines tell it, RFC 3339; None for none, and for 1970: what never was is told so by some."""
    if not text:
        return None
    six = re.sub(r"\.(\d{1,6})\d*", lambda part: f".{part[1]:0<6}", text)
    found = datetime.fromisoformat(six.replace("Z", "+00:00"))
    return found if found.timestamp() else None


def sdk(module: str, package: str, extra: str) -> Any:
    """A target's SDK, loaded only here: none of them is needed to compile, and few have types."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        hint = f"pip install 'pipeglot[{extra}]'"
        raise rejected("PG525", f"the package `{package}` is not installed", hint) from None


def rejected(code: str, message: str, hint: str | None = None) -> SpecRejected:
    return SpecRejected([Diagnostic(code, message, hint=hint)])


def one_line(text: object, longest: int = 500) -> str | None:
    """A message of an engine as one line; None for none."""
    line = " ".join(str(text or "").split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…" if line else None
