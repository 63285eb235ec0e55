"""This machine: a plan, and the engine that runs it with worker processes. What it does is what a run means."""

from __future__ import annotations

from pipeglot.ir import Pipeline
from pipeglot_backends.emit import config_maps
from pipeglot_backends.local.emit import plan_json
from pipeglot_backends.local.limits import CANNOT, EMULATES
from pipeglot_backends.local.settings import read as check_settings
from pipeglot_backends.protocol import EmittedFile, Options

NAME = "local"
VERSIONS = ("1",)
RUN = VERSIONS
OPERATORS: tuple[str, ...] = ()
SCHEDULES = True
CARRIES_CODE = True
REMOTE = None

__all__ = [
    "CANNOT",
    "CARRIES_CODE",
    "EMULATES",
    "NAME",
    "OPERATORS",
    "REMOTE",
    "RUN",
    "SCHEDULES",
    "VERSIONS",
    "check_settings",
    "delivery",
    "emit",
    "tasks",
]


def emit(pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
    return (
        EmittedFile("plan.json", plan_json(pipeline, options)),
        EmittedFile("sidecar.py", options.sidecar),
        EmittedFile("steps.json", options.table + "\n"),
        *(EmittedFile(config_maps.code_name(digest), text) for digest, text in options.code.items()),
    )


def delivery(files: tuple[EmittedFile, ...]) -> str:
    del files
    return "as a file in the folder of the run"


def tasks(pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> tuple[tuple[str, str], ...]:
    del files
    return tuple(
        (f"{step.id} (items)", f"decides the items of `{step.id}`")
        for step in (*pipeline.steps, *pipeline.on_exit)
        if step.fan_out and (step.needs_list_task or step.fan_out.literal is None)
    )
