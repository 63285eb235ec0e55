"""The nearest of the names in scope, for hints."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` was probably meant to be; None rather than a wild guess."""
    from difflib import get_close_matches  # costs more to load than most expressions to parse

    known = list(candidates)
    plain = {candidate.lower().replace("-", "_"): candidate for candidate in reversed(known)}
    lowered = name.lower().replace("-", "_")
    if lowered in plain:
        return plain[lowered]
    found = get_close_matches(lowered, list(plain), n=1, cutoff=0.7)
    return plain[found[0]] if found else None
