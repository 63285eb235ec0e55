"""Targets that other distributions install: entry points of one group, found without loading any of them."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "pipeglot.backends"


def entries() -> tuple[EntryPoint, ...]:
    return _entries(tuple(sys.path))


@lru_cache(maxsize=1)
def _entries(path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    # looks through all that is installed: only where a name is none of our own, and once
    from importlib.metadata import entry_points

    return tuple(entry_points(group=GROUP))


def names() -> tuple[str, ...]:
    return tuple(sorted({entry.name for entry in entries()}))


def distribution(entry: EntryPoint) -> str:
    """Who brought it, as `pip list` names it."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown distribution"
