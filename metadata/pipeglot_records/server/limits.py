"""How much the server takes, and for how long: from anybody, whatever they send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds; those of a request hold for it as it is once unpacked."""

    line: int = 64 * 1024
    lines: int = 100_000
    runs: int = 1000
    body: int = 8 * 1024 * 1024
    slowest: float = 30.0
    """A whole body takes no longer."""
    head: float = 10.0
    """The head of a request takes no longer."""
    head_size: int = 16 * 1024
    patience: float = 4.0
    """The store's lock is waited for so long: a step's sidecar gives up after five."""
    waiting: int = 16
    """Bodies that are held at a time; who comes then is asked to come again."""
    connections: int = 1000
    leaving: int = 10
    """What was begun may take so long when the server is stopped."""


USUAL = Limits()
