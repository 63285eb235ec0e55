"""Text of others on a terminal: without what it could take for a command."""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]"
)
"""Colours, moves of the cursor, titles, links: what terminals do not show anyway."""
INSTEAD = "\N{REPLACEMENT CHARACTER}"


def harmless(text: str) -> str:
    """One line, of which a terminal shows every character: also none that turns the direction of reading."""
    plain = _SEQUENCE.sub("", text)
    return "".join(char if char.isprintable() or char == "\t" else INSTEAD for char in plain)


def log_line(text: str) -> str:
    """A line of a log: of one that was written over and over, as progress bars are, what was seen last."""
    seen = [part for part in text.rstrip("\r\n").split("\r") if part]
    return harmless(seen[-1]) if seen else ""
