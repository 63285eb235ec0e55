"""A run as it is shown: every step of its definition with a state, whoever or whatever the state came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeglot.ir import Json
from pipeglot_expression.runtime.contract import FAILED, KEPT
from pipeglot_records.model.definitions import Definition, StepDefinition
from pipeglot_records.model.facts import Attempt, Facts

PENDING, RUNNING, UNKNOWN = "pending", "running", "unknown"
OPEN = (PENDING, RUNNING, UNKNOWN)
OVERDUE = 90 * 10**9
"""Nanoseconds without a word after which nobody can say whether a run is still alive; a heartbeat comes every 15 s."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`derived`: nobody said so; it follows from the definition and from what others said."""

    state: str
    reason: str | None = None
    derived: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt and how it went, also where it left no end."""

    attempt: Attempt
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step, or one item of a fan-out. `items` is None where there is no fan-out."""

    definition: StepDefinition
    item: str | None
    outcome: Outcome
    tries: tuple[Try, ...] = ()
    items: tuple[StepRun, ...] | None = None
    value: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Of an item what it is: `{"value": v}`, `{"redacted": true}` or `{"from": […]}`; empty where nobody knows."""

    @property
    def state(self) -> str:
        return self.outcome.state

    @property
    def reason(self) -> str | None:
        return self.outcome.reason

    @property
    def started(self) -> tuple[Try, ...]:
        """Its attempts: starts of its command. What was taken from an earlier one has its outputs, and was no start."""
        return tuple(one for one in self.tries if "reused" not in one.attempt.start)

    @property
    def is_allowed(self) -> bool:
        """A failure that is for everybody else a skip."""
        return self.state == FAILED and self.definition.allow_failure

    @property
    def last(self) -> Attempt | None:
        return self.tries[-1].attempt if self.tries else None

    @property
    def kept(self) -> tuple[StepRun, ...]:
        """The items that readers of the fan-out see."""
        return tuple(item for item in self.items or () if item.state in KEPT)

    @property
    def indices(self) -> tuple[int, ...]:
        return tuple(int(item.item) for item in self.kept if item.item is not None)

    def places(self) -> Iterator[StepRun]:
        """The step and its items: whatever has a state of its own."""
        yield self
        for item in self.items or ():
            yield from item.places()


@dataclass(frozen=True, slots=True)
class RunView:
    """`steps` holds those of `on_exit` too, in the order of the definition; `groups` those that stood for others."""

    facts: Facts
    definition: Definition
    state: str
    steps: Mapping[str, StepRun]
    groups: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])

    def places(self) -> Iterator[StepRun]:
        for step in self.steps.values():
            yield from step.places()
