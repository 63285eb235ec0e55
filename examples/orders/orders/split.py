"""Partitions: a file for each day."""

from __future__ import annotations

from pathlib import Path

from orders import tables


def by_day(clean: Path, parts: Path) -> list[str]:
    """Write `2026-02-01.csv`, … into `parts`; the days that there are, in order."""
    days: dict[str, list[tables.Row]] = {}
    for row in tables.read(clean):
        days.setdefault(row["placed"][:10], []).append(row)
    parts.mkdir()
    for day, rows in days.items():
        tables.write(parts / f"{day}.csv", tables.ORDER, rows)
    return sorted(days)
