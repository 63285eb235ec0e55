"""Which runs this machine knows to live."""

from __future__ import annotations

from dataclasses import dataclass

from pipeglot_records.model.run_view import OVERDUE


@dataclass(frozen=True, slots=True)
class Vital:
    """Runs of which this machine knows: `alive`, and `silent`, whose engine is gone and something else is not."""

    alive: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()

    def seen_at(self, run: str, seen: int, now: int) -> int:
        """The moment at which to look at a run that was last heard at `seen`: late enough to be silent, or not."""
        if run in self.alive:
            return seen
        return max(now, seen + OVERDUE + 1) if run in self.silent else now


NOBODY = Vital()
