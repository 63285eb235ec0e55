"""What a script for sh cannot keep, and what it keeps in another way."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.protocol import Limit

SHOWN = "tests/strangers/test_limits.py"


def fan_out(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.fan_out)


def retry(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.retry)


def allowed_failure(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.allow_failure)


def on_exit(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.on_exit)


def deadline(pipeline: Pipeline) -> Iterator[Origin]:
    if pipeline.deadline is not None:
        yield pipeline.origin


def image(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.steps if step.image or step.workdir)


CANNOT = (
    Limit(fan_out, "the script starts each step once", SHOWN),
    Limit(retry, "the script starts each step once", SHOWN),
    Limit(allowed_failure, "the script ends with what a step ended with", SHOWN),
    Limit(on_exit, "the script ends with its last step", SHOWN),
    Limit(deadline, "the script has no clock", SHOWN, hint="give each step a `timeout`, which the sidecar keeps"),
)
EMULATES = (Limit(image, "ignored, as is `workdir`: steps are processes of the machine that runs the script", SHOWN),)
