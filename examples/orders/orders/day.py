"""One day: its orders, joined with who placed them, summed by country and segment."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from orders import tables


def totals(parts: Path, customers: Path, day: str, totals: Path) -> float:
    """Write the day's table; its revenue."""
    known = {row["customer"]: (row["country"], row["segment"]) for row in tables.read(customers)}
    cents: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in tables.read(parts / f"{day}.csv"):
        cents[known[row["customer"]]].append(int(row["quantity"]) * round(float(row["price"]) * 100))
    rows = [
        {"day": day, "country": country, "segment": segment, "orders": len(each), "revenue": f"{sum(each) / 100:.2f}"}
        for (country, segment), each in sorted(cents.items())
    ]
    tables.write(totals, tables.TOTAL, rows)
    return round(sum(map(sum, cents.values())) / 100, 2)
