"""The Jinja text that fetches what a step reads, by the kind of read."""

from __future__ import annotations

from collections.abc import Callable

from pipeglot.ir import Pipeline, Read, ReadKind, Step
from pipeglot_backends.airflow.names import has_list_task, list_task
from pipeglot_expression.runtime.contract import STATE

SUCCEEDED = '"succeeded"'
RUN = {
    "run.status": "{{ run_status(ti) | wire }}",
    "run.failed_steps": "{{ failed_steps(ti) | wire }}",
}


def reads(pipeline: Pipeline, step: Step) -> dict[str, str]:
    """Slot → template. Sensitive parameters are left out: a rendered template is shown on Airflow's pages."""
    hidden = private(pipeline, step)
    return {read.slot: FETCH[read.kind](pipeline, read) for read in step.reads if read.param not in hidden}


def private(pipeline: Pipeline, step: Step) -> tuple[str, ...]:
    """The sensitive parameters a step reads; its operator takes them from the run by itself."""
    sensitive = {param.name for param in pipeline.params if param.sensitive}
    return tuple(read.param for read in step.reads if read.param is not None and read.param in sensitive)


def _param(pipeline: Pipeline, read: Read) -> str:
    del pipeline
    return "{{ params['%s'] | wire }}" % read.param  # noqa: UP031  (braces)


def _output(pipeline: Pipeline, read: Read) -> str:
    assert read.step is not None
    assert read.output is not None
    return (_all if read.fan else _one)(read.step, read.output)


def _state(pipeline: Pipeline, read: Read) -> str:
    assert read.step is not None
    source = pipeline.by_id[read.step]
    if not source.fan_out:
        return _one(read.step, STATE)
    return _one(list_task(source), STATE) if has_list_task(source) else SUCCEEDED


def _items(pipeline: Pipeline, read: Read) -> str:
    del pipeline
    assert read.step is not None
    return _all(read.step, STATE)


def _engine(pipeline: Pipeline, read: Read) -> str:
    del pipeline
    return "{{ engine(ti, '%s') }}" % read.step  # noqa: UP031  (braces)


def _run(pipeline: Pipeline, read: Read) -> str:
    del pipeline
    return RUN[read.slot]


def _one(task: str, key: str) -> str:
    return "{{ ti.xcom_pull(task_ids='%s', key='%s') or '' }}" % (task, key)  # noqa: UP031  (braces)


def _all(task: str, key: str) -> str:
    # A list of ids asks for a list of values: with one id alone, a single item would come as itself.
    return "{{ ti.xcom_pull(task_ids=['%s'], key='%s') | wire }}" % (task, key)  # noqa: UP031  (braces)


MACROS = ("engine", "failed_steps", "run_status")


def macros(pipeline: Pipeline) -> tuple[str, ...]:
    """The functions of the DAG file that templates call."""
    texts = [text for step in (*pipeline.steps, *pipeline.on_exit) for text in reads(pipeline, step).values()]
    return tuple(name for name in MACROS if any(text.startswith(f"{{{{ {name}(") for text in texts))


FETCH: dict[ReadKind, Callable[[Pipeline, Read], str]] = {
    ReadKind.PARAM: _param,
    ReadKind.OUTPUT: _output,
    ReadKind.STATE: _state,
    ReadKind.ITEMS: _items,
    ReadKind.ENGINE: _engine,
    ReadKind.RUN: _run,
}
