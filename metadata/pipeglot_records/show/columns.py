"""Rows of text in aligned columns."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import category, east_asian_width


def aligned(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """One line a row, two blanks between columns, none at the end. Columns in `right` end at the same place."""
    count = max((len(row) for row in rows), default=0)
    widths = [max((measured(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    lines: list[str] = []
    for row in rows:
        cells = [_padded(cell, widths[i], i in right) for i, cell in enumerate(row) if widths[i]]
        lines.append("  ".join(cells).rstrip())
    return lines


def measured(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(char) in ("W", "F") else 1


def _padded(cell: str, width: int, right: bool) -> str:
    blanks = " " * (width - measured(cell))
    return blanks + cell if right else cell + blanks
