"""Checks every row: the good ones as one table, the others with their faults, and a page about both."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from html import escape
from pathlib import Path

from orders import tables
from orders.tables import Row

SCHEMA: dict[str, Callable[[str], object]] = {
    "order": lambda text: text.startswith("O-") and int(text[2:]) > 0,
    "placed": lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"),
    "product": bool,
    "quantity": lambda text: int(text) > 0,
    "price": lambda text: float(text) >= 0,
}
"""What each column has to be: a check is false, or cannot be made, where it is not."""


def faults(row: Row, customers: Iterable[str], seen: set[str]) -> Iterator[str]:
    for column, check in SCHEMA.items():
        if not _holds(check, row.get(column) or ""):
            yield f"bad {column}"
    if row.get("customer") not in customers:
        yield "unknown customer"
    if row.get("order") in seen:
        yield "order seen before"


def _holds(check: Callable[[str], object], text: str) -> bool:
    try:
        return bool(check(text))
    except ValueError:
        return False


def sorted_out(rows: Iterable[Row], customers: Iterable[str]) -> tuple[list[Row], list[Row]]:
    """The good rows, and the others with a column `faults`."""
    known, seen = frozenset(customers), set[str]()
    clean: list[Row] = []
    rejected: list[Row] = []
    for row in rows:
        found = [*faults(row, known, seen)]
        (rejected if found else clean).append({**row, "faults": "; ".join(found)} if found else row)
        seen.add(row["order"])
    return clean, rejected


def page(rows: int, rejected: list[Row]) -> str:
    kinds = Counter(fault for row in rejected for fault in row["faults"].split("; "))
    lines = "".join(f"<tr><td>{escape(kind)}<td>{count}" for kind, count in sorted(kinds.items()))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Orders: what was checked</title>\n'
        f"<h1>{rows} rows, {len(rejected)} of them bad</h1>\n<table><tr><th>fault<th>rows{lines}</table></html>\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("raw", type=Path)
    for name in ("customers", "clean", "rejected", "report", "rows", "bad"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    rows = [row for file in sorted(options.raw.iterdir()) for row in tables.read(file)]
    clean, rejected = sorted_out(rows, (row["customer"] for row in tables.read(options.customers)))
    bad = round(len(rejected) / len(rows), 6)
    tables.write(options.clean, tables.ORDER, clean)
    tables.write(options.rejected, (*tables.ORDER, "faults"), rejected)
    options.report.write_text(page(len(rows), rejected), encoding="utf-8")
    options.rows.write_text(str(len(clean)))
    options.bad.write_text(json.dumps(bad))
    print(f"{len(rows)} rows, {len(rejected)} bad")


if __name__ == "__main__":
    main()
