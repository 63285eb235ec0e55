"""Makes the deliveries in `data`: orders of a shop that never was, with mistakes as real deliveries have them.

`python -m orders.sample data` writes them again, the same bytes: 28 days of February 2026, and 40 customers.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from orders import tables

COUNTRIES, SEGMENTS = ("AT", "CH", "DE", "FR"), ("business", "private")
PRODUCTS = {"desk": 349.0, "chair": 129.5, "lamp": 39.9, "shelf": 89.0, "rug": 59.95}
MISTAKES = ({"quantity": "-1"}, {"placed": "03/02/2026"}, {"customer": "C-999"}, {"price": "n/a"})
EVERY = 61
"""Each so many rows, one is wrong."""


def customers(chance: random.Random) -> Iterator[tables.Row]:
    for number in range(1, 41):
        country, segment = _pick(chance, COUNTRIES), _pick(chance, SEGMENTS)
        yield {"customer": f"C-{number:03}", "country": country, "segment": segment}


def orders(chance: random.Random) -> Iterator[tuple[int, tables.Row]]:
    """Each with the number of its week."""
    number, day = 0, datetime(2026, 2, 1)
    while day.month == 2:
        for _ in range(8 + int(8 * chance.random()) - 4 * (day.weekday() == 6)):
            number += 1
            product = _pick(chance, tuple(PRODUCTS))
            row = {
                "order": f"O-{number}",
                "placed": f"{day + timedelta(seconds=int(86400 * chance.random())):%Y-%m-%dT%H:%M:%SZ}",
                "customer": f"C-{1 + int(40 * chance.random()):03}",
                "product": product,
                "quantity": str(1 + int(3 * chance.random())),
                "price": f"{PRODUCTS[product]:.2f}",
            }
            yield (day.day - 1) // 7, row | (MISTAKES[number // EVERY % len(MISTAKES)] if number % EVERY == 0 else {})
            if number == 100:
                yield (day.day - 1) // 7, row  # delivered twice
        day += timedelta(days=1)


def _pick(chance: random.Random, names: tuple[str, ...]) -> str:
    return names[int(len(names) * chance.random())]


def main(folder: Path) -> None:
    chance = random.Random(2026)
    tables.write(folder / "customers.csv", ("customer", "country", "segment"), customers(chance))
    weeks: dict[int, list[tables.Row]] = {}
    for week, row in orders(chance):
        weeks.setdefault(week, []).append(row)
    for week, rows in weeks.items():
        tables.write(folder / f"orders-{week + 1}.csv", tables.ORDER, rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
