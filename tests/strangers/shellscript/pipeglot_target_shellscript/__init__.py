"""A target of others: a pipeline becomes one script for sh, and the engine is a folder of runs."""

from __future__ import annotations

from pipeglot.ir import Pipeline
from pipeglot_backends.protocol import EmittedFile, Options
from pipeglot_target_shellscript.limits import CANNOT, EMULATES
from pipeglot_target_shellscript.script import script
from pipeglot_target_shellscript.settings import checked as check_settings

NAME = "shellscript"
VERSIONS = ("1",)
RUN = VERSIONS
OPERATORS: tuple[str, ...] = ()
SCHEDULES = False
REMOTE = "pipeglot_target_shellscript.remote"

__all__ = [
    "CANNOT",
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
        EmittedFile(f"{pipeline.name}.sh", script(pipeline, options), executable=True),
        EmittedFile("sidecar.py", options.sidecar),
        EmittedFile("steps.json", options.table),
    )


def delivery(files: tuple[EmittedFile, ...]) -> str:
    del files
    return "as a file beside the script"


def tasks(pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> tuple[tuple[str, str], ...]:
    """None: each step is one line of the script."""
    del pipeline, files
    return ()
