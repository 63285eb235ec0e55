"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The one of `names` that a slip of the hand turns into `word`; None rather than a wild guess.

    A third of the letters may differ (two neighbours swapped count once), capitals always. Ties go to the name that
    comes first.
    """
    limit = len(word) // 3
    best: tuple[int, str] | None = None
    for name in names:
        if name == word or abs(len(name) - len(word)) > limit:
            continue
        far = _distance(word.lower(), name.lower())
        if far <= limit and (best is None or far < best[0]):
            best = (far, name)
    return best[1] if best else None


def _distance(one: str, other: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that lead from one to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
