"""This machine: a plan, and the engine that runs it with worker processes. What it does is what a run means."""

from __future__ import annotations

from collections.abc import Iterable

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.local.planning import plan_json
from pipeglot_backends.protocol import EmittedFile, Limit, Options

NAME = "local"
VERSIONS = ("1",)
RUN = VERSIONS
SCHEDULES = True

__all__ = ["CANNOT", "EMULATES", "NAME", "RUN", "SCHEDULES", "VERSIONS", "emit", "tasks"]


def schedule(pipeline: Pipeline) -> Iterable[Origin]:
    if pipeline.schedule:
        yield pipeline.schedule.origin


CANNOT: tuple[Limit, ...] = ()
EMULATES = (Limit(schedule, "ignored: a run begins when someone starts it", "tests/compiling/test_schedules.py"),)


def emit(pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
    return (
        EmittedFile("plan.json", plan_json(pipeline, options)),
        EmittedFile("sidecar.py", options.sidecar),
        EmittedFile("steps.json", options.table + "\n"),
    )


def tasks(pipeline: Pipeline, options: Options) -> tuple[tuple[str, str], ...]:
    del options
    return tuple(
        (f"{step.id} (items)", f"decides the items of `{step.id}`")
        for step in (*pipeline.steps, *pipeline.on_exit)
        if step.fan_out and (step.needs_list_task or step.fan_out.literal is None)
    )
