"""The compiled plan, as the engine reads it back from `plan.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from pipeglot.ir import ReadKind, RunIf
from pipeglot_backends.local.emit import FORMAT
from pipeglot_expression.runtime.contract import pause_after

Data: TypeAlias = Mapping[str, Any]


class UnknownPlan(ValueError):
    """The plan was written by another version of pipeglot, or is none."""


@dataclass(frozen=True, slots=True)
class Source:
    """One slot that a step reads, and what fills it: an output, a word, a param or something of the run."""

    slot: str
    kind: ReadKind
    step: str
    name: str


@dataclass(frozen=True, slots=True)
class Fan:
    """`count` is None where a list task decides over the items."""

    count: int | None
    max_parallel: int | None
    fail_fast: bool


@dataclass(frozen=True, slots=True)
class Retries:
    """`limit` counts re-tries; `on` holds the causes that are worth one."""

    limit: int = 0
    delay: float = 0.0
    backoff: float = 1.0
    max_delay: float | None = None
    on: frozenset[str] = frozenset()

    def pause(self, number: int) -> float:
        """Seconds to wait after attempt `number`, the first being 1."""
        return pause_after(number, self.delay, self.backoff, self.max_delay)


NO_RETRIES = Retries()


@dataclass(frozen=True, slots=True)
class PlanStep:
    id: str
    needs: tuple[str, ...]
    run_if: RunIf
    fan: Fan | None
    retries: Retries
    backstop: float | None
    reads: tuple[Source, ...]
    secrets: tuple[tuple[str, str], ...]
    sensitive: tuple[str, ...]
    allow_failure: bool = False
    after: frozenset[str] = frozenset()
    optional_secrets: tuple[tuple[str, str], ...] = ()
    around: tuple[str, ...] = ()

    @property
    def holding(self) -> tuple[str, ...]:
        """Those of its needs whose failure keeps it from starting."""
        strict = self.needs if self.run_if is RunIf.SUCCESS else self.around
        return tuple(id for id in strict if id not in self.after)


@dataclass(frozen=True, slots=True)
class Plan:
    """`sensitive` names params; `params` names all of them. `strict`: a step that cannot be recorded fails."""

    pipeline: str
    definition: str
    profile: str | None
    python: str | None
    jobs: int | None
    max_parallel: int | None
    fail_fast: bool
    deadline: float | None
    strict: bool
    params: tuple[str, ...]
    sensitive: frozenset[str]
    steps: tuple[PlanStep, ...]
    on_exit: tuple[PlanStep, ...]
    artifacts: str | None = None
    cache: str | None = None
    """Where work is kept: empty for the project's own folder, None where nobody asks for it."""

    @property
    def all_steps(self) -> tuple[PlanStep, ...]:
        return (*self.steps, *self.on_exit)


def read_plan(text: str) -> Plan:
    data = cast(Data, json.loads(text))
    if data.get("format") != FORMAT:
        raise UnknownPlan("this plan was not compiled by this version of pipeglot: compile it again")
    return Plan(
        pipeline=data["pipeline"],
        definition=data["definition"],
        profile=data.get("profile"),
        python=data.get("python"),
        jobs=data.get("jobs"),
        max_parallel=data.get("max_parallel"),
        fail_fast=data.get("fail_fast", False),
        deadline=data.get("deadline"),
        artifacts=data.get("artifacts"),
        cache=data.get("cache"),
        strict=data.get("record") == "fail",
        params=tuple(data["params"]),
        sensitive=frozenset(name for name, param in data["params"].items() if param.get("sensitive")),
        steps=tuple(_step(step) for step in data["steps"]),
        on_exit=tuple(_step(step) for step in data["on_exit"]),
    )


def _step(data: Data) -> PlanStep:
    return PlanStep(
        id=data["id"],
        needs=tuple(data.get("needs", ())),
        run_if=RunIf(data.get("run_if", RunIf.SUCCESS.value)),
        allow_failure=data.get("allow_failure", False),
        after=frozenset(data.get("after", ())),
        around=tuple(data.get("around", ())),
        fan=_fan(data["fan_out"]) if "fan_out" in data else None,
        retries=_retries(data["retry"]) if "retry" in data else NO_RETRIES,
        backstop=data.get("backstop"),
        reads=tuple(_source(read) for read in data.get("reads", ())),
        secrets=tuple((name, key) for name, key in data.get("secrets", ())),
        optional_secrets=tuple((name, key) for name, key in data.get("optional_secrets", ())),
        sensitive=tuple(data.get("sensitive", ())),
    )


def _fan(data: Data) -> Fan:
    return Fan(data.get("count"), data.get("max_parallel"), data.get("fail_fast", False))


def _retries(data: Data) -> Retries:
    return Retries(data["limit"], data["delay"], data["backoff"], data.get("max_delay"), frozenset(data["on"]))


def _source(data: Data) -> Source:
    return Source(data["slot"], ReadKind(data["kind"]), data.get("step", ""), data.get("name", ""))
