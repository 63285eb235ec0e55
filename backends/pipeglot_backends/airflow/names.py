"""What tasks are called in the DAG."""

from __future__ import annotations

from pipeglot.ir import Pipeline, Step


def list_task(step: Step) -> str:
    """The id of a fan-out's list task. No step can have it: ids with a dot are those inside a group's."""
    return f"{step.id}.items"


def verdict_task(pipeline: Pipeline) -> str:
    """The id of the last task; a step's id begins with a letter."""
    return "_verdict" if "verdict" in pipeline.by_id else "verdict"
