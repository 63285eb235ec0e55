"""This machine: a plan, and the engine that runs it with worker processes. What it does is what a run means."""

from __future__ import annotations

from collections.abc import Iterable

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.emit.pods import what_only_pods_have
from pipeglot_backends.features import secrets
from pipeglot_backends.features.delivery import python_of_another_image
from pipeglot_backends.local.emit import plan_json
from pipeglot_backends.local.settings import read as check_settings
from pipeglot_backends.protocol import EmittedFile, Limit, Options

NAME = "local"
VERSIONS = ("1",)
RUN = VERSIONS
SCHEDULES = True

__all__ = ["CANNOT", "EMULATES", "NAME", "RUN", "SCHEDULES", "VERSIONS", "check_settings", "delivery", "emit", "tasks"]


def schedule(pipeline: Pipeline) -> Iterable[Origin]:
    if pipeline.schedule:
        yield pipeline.schedule.origin


def image(pipeline: Pipeline) -> Iterable[Origin]:
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.image or step.workdir)


def resources(pipeline: Pipeline) -> Iterable[Origin]:
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.resources)


def records_sent_elsewhere(pipeline: Pipeline) -> Iterable[Origin]:
    if pipeline.records.sink is not None:
        yield pipeline.origin


SHOWN = "tests/local/test_settings.py"
CANNOT = (secrets.distinct_secrets("tests/local/test_secrets.py"),)
EMULATES = (
    Limit(schedule, "ignored: a run begins when someone starts it", "tests/compiling/test_schedules.py"),
    Limit(image, "ignored, as is `workdir`: steps are processes of this machine, in the folder of their code", SHOWN),
    Limit(
        what_only_pods_have,
        "ignored: steps are processes of this machine, and see its own folders where volumes would be mounted",
        SHOWN,
    ),
    Limit(python_of_another_image, "ignored: the sidecar runs with the Python of this machine", SHOWN),
    Limit(resources, "not enforced: steps share this machine", SHOWN),
    Limit(records_sent_elsewhere, "ignored: the record lies in the run's folder, and in the store", SHOWN),
)


def emit(pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
    return (
        EmittedFile("plan.json", plan_json(pipeline, options)),
        EmittedFile("sidecar.py", options.sidecar),
        EmittedFile("steps.json", options.table + "\n"),
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
