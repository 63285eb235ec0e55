"""The list of settings to try."""

from __future__ import annotations

from typing import Any

GRID: dict[str, list[dict[str, Any]]] = {
    "logistic": [{"c": 0.01}, {"c": 0.1}, {"c": 1.0}],
    "bayes": [{"smoothing": 1e-9}, {"smoothing": 0.01}],
    "tree": [{"depth": 3}, {"depth": 5}],
}


def settings(families: list[str]) -> list[dict[str, Any]]:
    """One dict per model: `family` and its own settings, in the order of `families`."""
    unknown = [family for family in families if family not in GRID]
    if unknown:
        raise SystemExit(f"unknown families {unknown}; there are {sorted(GRID)}")
    return [{"family": family, **choice} for family in families for choice in GRID[family]]
