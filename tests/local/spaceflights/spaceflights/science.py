"""A linear regression by the normal equations, and how well it foretells."""

from __future__ import annotations

import json
from pathlib import Path

from spaceflights import tables

FEATURES = ("engines", "rating", "approved", "review")


def split(table: Path, share: float, train: Path, test: Path) -> None:
    rows = tables.read(table)
    count = int(len(rows) * share)
    tables.write(test, rows[:count])
    tables.write(train, rows[count:])


def train(train: Path, regressor: Path) -> None:
    rows = tables.read(train)
    known = [[1.0, *(float(row[name]) for name in FEATURES)] for row in rows]
    prices = [float(row["price"]) for row in rows]
    size = range(len(known[0]))
    system = [
        [
            *(sum(row[i] * row[j] for row in known) for j in size),
            sum(row[i] * price for row, price in zip(known, prices, strict=True)),
        ]
        for i in size
    ]
    for i in size:
        pivot = max(range(i, len(system)), key=lambda row: abs(system[row][i]))
        system[i], system[pivot] = system[pivot], system[i]
        for j in size:
            if j != i:
                factor = system[j][i] / system[i][i]
                system[j] = [a - factor * b for a, b in zip(system[j], system[i], strict=True)]
    regressor.write_text(json.dumps([system[i][-1] / system[i][i] for i in size]), "utf-8")


def evaluate(regressor: Path, test: Path) -> float:
    weights = json.loads(regressor.read_text("utf-8"))
    rows = tables.read(test)
    prices = [float(row["price"]) for row in rows]
    told = [weights[0] + sum(w * float(row[n]) for w, n in zip(weights[1:], FEATURES, strict=True)) for row in rows]
    mean = sum(prices) / len(prices)
    rest = sum((y - t) ** 2 for y, t in zip(prices, told, strict=True))
    return round(1 - rest / sum((y - mean) ** 2 for y in prices), 3)
