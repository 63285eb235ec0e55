"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 200
"""Letters of a word for which a name is looked for."""
MANY: Final = 1000
"""Names that are compared letter by letter; of the others those that one slip away are found."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A hint that is not looked for before it is shown: among many names that takes long."""

    word: str
    names: Callable[[], Iterable[str]] = field(compare=False, repr=False)
    form: str = "did you mean `{}`?"

    def told(self) -> str | None:
        found = nearest(self.word, self.names())
        return self.form.format(found) if found else None


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The one of `names` that a slip of the hand turns into `word`; None rather than a wild guess.

    A third of the letters may differ (two neighbours swapped count once), capitals always. Ties go to the name that
    comes first. One that holds a line end is itself a mistake.
    """
    limit, plain = len(word) // 3, word.lower()
    if len(word) > LONGEST:
        return None
    near = [name for name in names if name != word and abs(len(name) - len(word)) <= limit and name.isprintable()]
    if len(near) > MANY:
        found = _slipped(plain, near)
        if found is not None:
            return found
    best: str | None = None
    for name in near[:MANY]:
        far = _distance(plain, name.lower(), limit)
        if far <= limit:
            # whoever is to be better has to be nearer
            best, limit = name, far - 1
    return best


def _slipped(word: str, names: list[str]) -> str | None:
    """The first name that is one slip away."""
    letters = sorted(set("".join(names[:MANY]).lower()))
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    slips = {word, *(left + right[1:] for left, right in cuts)}
    slips |= {left + right[1::-1] + right[2:] for left, right in cuts if len(right) > 1}
    slips |= {left + letter + rest for left, right in cuts for letter in letters for rest in (right, right[1:])}
    return next((name for name in names if name.lower() in slips), None)


def _distance(one: str, other: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that lead from one to the other, if few enough."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return limit + 1
    return row[-1]
