"""What is told about a run while it goes on, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from pipeglot_backends.local.engine.outcomes import Outcome
from pipeglot_backends.local.engine.report import Report
from pipeglot_backends.local.engine.scheduler import Task


@dataclass(frozen=True, slots=True)
class RunStarted:
    run: str
    pipeline: str
    steps: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt of a step, of an item, or of a list task."""

    task: Task
    number: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A fan-out knows its items."""

    step: str
    items: int


@dataclass(frozen=True, slots=True)
class Retrying:
    task: Task
    number: int
    outcome: Outcome
    pause: float
    report: Report


@dataclass(frozen=True, slots=True)
class Ended:
    """The last attempt of a task. `lines` are the last of its log, where it failed."""

    task: Task
    outcome: Outcome
    seconds: float
    report: Report
    log: Path
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """A whole step has its outcome: also one that never started, and a fan-out once its items have ended."""

    step: str
    outcome: Outcome
    items: int | None = None


@dataclass(frozen=True, slots=True)
class Stopping:
    """Somebody asked for the end (`how` often), or the deadline came."""

    reason: str
    how: int


@dataclass(frozen=True, slots=True)
class RunEnded:
    run: str
    state: str
    seconds: float


Progress: TypeAlias = RunStarted | Started | Listed | Retrying | Ended | Settled | Stopping | RunEnded


class Observer(Protocol):
    """`tick` is called every `interval` seconds while something runs; never, where it is None."""

    @property
    def interval(self) -> float | None: ...

    def observe(self, event: Progress) -> None: ...

    def tick(self) -> None: ...


class Silent:
    """For those who only want the result."""

    interval: float | None = None

    def observe(self, event: Progress) -> None:
        del event

    def tick(self) -> None:
        pass
