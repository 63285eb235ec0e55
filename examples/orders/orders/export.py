"""The month's table, summed by one of its columns, in one of several formats."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

from orders import tables


def summed(rows: list[tables.Row], by: str) -> list[dict[str, object]]:
    orders: defaultdict[str, int] = defaultdict(int)
    cents: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        orders[row[by]] += int(row["orders"])
        cents[row[by]] += round(float(row["revenue"]) * 100)
    return [{by: key, "orders": orders[key], "revenue": round(cents[key] / 100, 2)} for key in sorted(orders)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("--by", choices=("country", "segment"), required=True)
    parser.add_argument("--as", dest="format", choices=("csv", "json"), required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows = summed(tables.read(options.table), options.by)
    if options.format == "csv":
        tables.write(options.out, (options.by, "orders", "revenue"), rows)
    else:
        options.out.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
