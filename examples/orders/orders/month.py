"""The days as one table, a chart of them, and what there is to say of the month."""

from __future__ import annotations

import json
from pathlib import Path

from orders.tables import TOTAL, read, write


def join(tables: list[Path], revenues: list[float], days: list[str], table: Path, chart: Path, metrics: Path) -> float:
    """Write table, chart and metrics; the month's revenue."""
    rows = [row for path in tables for row in read(path)]
    write(table, TOTAL, rows)
    chart.write_text(_bars(days, revenues), encoding="utf-8")
    revenue = round(sum(revenues), 2)
    best = max(range(len(days)), key=lambda number: revenues[number])
    told = {
        "revenue": revenue,
        "orders": sum(int(row["orders"]) for row in rows),
        "days": len(days),
        "best_day": days[best],
    }
    metrics.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return revenue


def _bars(days: list[str], revenues: list[float]) -> str:
    top = max(revenues)
    bars = "".join(
        f'<rect x="{10 * number}" y="{100 - 100 * revenue / top:.1f}" width="8" height="{100 * revenue / top:.1f}">'
        f"<title>{day}: {revenue}</title></rect>\n"
        for number, (day, revenue) in enumerate(zip(days, revenues, strict=True))
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {10 * len(days)} 100" fill="#06c">\n{bars}</svg>\n'
