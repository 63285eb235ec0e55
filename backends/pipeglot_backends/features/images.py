"""The line of all targets that run steps in containers."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.protocol import Limit


def steps_without_image(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps of which nobody said in what they run."""
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.image is None)


def image_required(evidence: str, operators: tuple[str, ...] = ()) -> Limit:
    """For `CANNOT`, of the whole target or of some of its operators."""
    reason = "each step runs in a container, and no image is named"
    hint = "add `image: …`, or `defaults: {image: …}` for all steps"
    return Limit(steps_without_image, reason, evidence, operators=operators, hint=hint)
