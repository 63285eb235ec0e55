"""What tasks are called in the DAG."""

from __future__ import annotations

from pipeglot.ir import Pipeline, RunIf, Step

LIST_TASK = ".items"
GATE = "._ready"
VERDICTS = ("_verdict", "verdict")
"""The last task's names: the second, unless a step has it."""


def has_list_task(step: Step) -> bool:
    """Also where the list is known to be empty: only then is there a task to say that the step went well."""
    return step.fan_out is not None and (step.needs_list_task or not step.fan_out.literal)


def list_task(step: Step) -> str:
    """The id of a fan-out's list task. No step can have it: ids with a dot are those inside a group's."""
    return f"{step.id}{LIST_TASK}"


def gate_task(step: Step) -> str | None:
    """The id of the task before a group's steps that lets failures by: Airflow has one rule for all needs of a task."""
    strict = step.run_if is RunIf.SUCCESS
    if step.on_exit:
        return None  # those begin whatever became of others: their sidecars decide
    if not (strict or step.holding) or set(step.needs) == set(step.holding):
        return None
    shared = strict and not step.aligned  # steps in an item of a group wait for those beside them too
    return f"{step.id.rpartition('.')[0] if shared else step.id}{GATE}"


def verdict_task(pipeline: Pipeline) -> str:
    """The id of the last task; a step's id begins with a letter."""
    return VERDICTS[0] if VERDICTS[1] in pipeline.by_id else VERDICTS[1]
