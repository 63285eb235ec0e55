"""How a step ended, in the words of the record."""

from __future__ import annotations

import enum
from dataclasses import dataclass

FAIL_FAST = "fail-fast"
UPSTREAM_FAILED = "upstream-failed"
RUN_CANCELLED = "run-cancelled"
DEADLINE = "deadline"
LOST = "lost"
TIMEOUT = "timeout"


class State(enum.Enum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Outcome:
    state: State
    reason: str | None = None

    @property
    def bad(self) -> bool:
        """Whether what needs it counts as having failed upstream."""
        return self.state is State.FAILED or self.reason == UPSTREAM_FAILED

    @property
    def word(self) -> str:
        """The engine's word, as the sidecars of later steps read it."""
        return "upstream_failed" if self.reason == UPSTREAM_FAILED else self.state.value


SUCCEEDED = Outcome(State.SUCCEEDED)
