"""How a step ended, in the words of the record."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from pipeglot_expression.runtime import contract


class State(enum.Enum):
    SUCCEEDED = contract.SUCCEEDED
    FAILED = contract.FAILED
    SKIPPED = contract.SKIPPED
    CANCELLED = contract.CANCELLED
    CACHED = contract.CACHED


@dataclass(frozen=True, slots=True)
class Outcome:
    """`allowed`: a failure that is for everybody else a skip."""

    state: State
    reason: str | None = None
    allowed: bool = False

    @property
    def failed(self) -> bool:
        """Whether the run fails for it."""
        return self.state is State.FAILED and not self.allowed

    @property
    def kept(self) -> bool:
        """Whether its outputs are there."""
        return self.state.value in contract.KEPT

    @property
    def bad(self) -> bool:
        """Whether what needs it counts as having failed upstream."""
        return not self.allowed and contract.fails_readers(self.state.value, self.reason)

    @property
    def stops(self) -> bool:
        """Whether what needs it is stopped as it was."""
        return contract.stops_readers(self.state.value, self.reason)

    @property
    def word(self) -> str:
        """The engine's word, as the sidecars of later steps read it."""
        if self.kept:
            return contract.SUCCEEDED
        return "upstream_failed" if self.reason == contract.UPSTREAM_FAILED else self.state.value


SUCCEEDED = Outcome(State.SUCCEEDED)
CACHED = Outcome(State.CACHED)
