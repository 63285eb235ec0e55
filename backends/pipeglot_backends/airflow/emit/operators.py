"""The tasks of the DAG as source text: one operator a step, two where its items are listed at run time."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Pipeline, Retry, RetryOn, RunIf, Step
from pipeglot.scripts.comments import lines
from pipeglot_backends.airflow.emit import containers
from pipeglot_backends.airflow.emit.bindings import private, reads
from pipeglot_backends.airflow.emit.python_text import INDENT, Call, Name, Node, assignment, keywords, layout, variable
from pipeglot_backends.airflow.names import gate_task, has_list_task, list_task
from pipeglot_backends.airflow.settings import Settings
from pipeglot_expression.runtime.contract import BACKSTOP

ONLY_DOUBLES = ("3.1",)
"""Versions whose back-off is a switch: each wait is twice the one before."""
TEARDOWN = ".as_teardown()"
BUILTINS = {"any", "dict", "getattr", "list", "next", "range", "set", "sorted", "str", "super"}
IMPORTED = {"annotations", "contextlib", "json", "k8s", "os", "re", "shlex", "sys", "task", "tempfile"}
TIMES = {"datetime", "timedelta"}
DEFINED = {"dag", "engine", "engine_words", "failed_steps", "own_words", "run_status", "stopped", "unfinished"}


class Variables:
    """The Python variables of the tasks: `first` receives a step's edges, `last` gives them on."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._taken: set[str] = BUILTINS | IMPORTED | TIMES | DEFINED
        self._last: dict[str, str] = {}
        self._first: dict[str, str] = {}
        for step in (*pipeline.steps, *pipeline.on_exit):
            self._last[step.id] = self._first[step.id] = self._new(step.id)
        for step in (*pipeline.steps, *pipeline.on_exit):
            if has_list_task(step):
                self._first[step.id] = self._new(list_task(step))
        self._gates = {gate: self._new(gate) for gate in gates(pipeline)}
        self.verdict = self._new("verdict")

    def first(self, step: str) -> str:
        return self._first[step]

    def last(self, step: str) -> str:
        return self._last[step]

    def gate(self, task: str) -> str:
        return self._gates[task]

    def new(self, wanted: str) -> str:
        return self._new(wanted)

    def _new(self, wanted: str) -> str:
        name = variable(wanted, self._taken)
        self._taken.add(name)
        return name


def gates(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    """The tasks that let failures by, each with the steps it waits for."""
    return {gate: passed(step) for step in pipeline.steps for gate in [gate_task(step)] if gate}


def passed(step: Step) -> tuple[str, ...]:
    """Those of its needs whose failure does not hold a step back."""
    return tuple(id for id in step.needs if id not in step.holding)


def definitions(pipeline: Pipeline, variables: Variables, version: str, settings: Settings) -> Iterator[str]:
    for gate in gates(pipeline):
        passing: dict[str, Node] = {"task_id": gate, "trigger_rule": Name("TriggerRule.ALL_DONE")}
        first, *rest = assignment(variables.gate(gate), Call("EmptyOperator", keywords(passing)), 1).split("\n")
        yield "\n".join([f"{first}  # noqa: AIR001", *rest])  # its id has dots, as those of the group's steps have
    for step in (*pipeline.steps, *pipeline.on_exit):
        yield from _definition(pipeline, step, variables, version, settings)


def seconds(value: float) -> Name:
    whole = int(value) if value == int(value) else value
    return Name(f"timedelta(seconds={whole!r})")


def _definition(
    pipeline: Pipeline, step: Step, variables: Variables, version: str, settings: Settings
) -> Iterator[str]:
    fetched: Node = dict(reads(pipeline, step))
    hidden: dict[str, Node] = {"private": list(private(pipeline, step)) or None}
    if has_list_task(step):
        shared = variables.new(f"{step.id}_reads")
        yield assignment(shared, fetched, 1)
        fetched = Name(shared)
        listed: dict[str, Node] = {"task_id": list_task(step), "step": step.id, "reads": fetched, **hidden}
        listed["trigger_rule"] = _trigger_rule(step)
        listed |= _failing(step, version)
        listed |= containers.listing(step, settings)
        yield _task(variables.first(step.id), Call("Items", keywords(listed)), step)
    yield from (f"{INDENT}# {line}".rstrip() for line in lines(step.body))
    given: dict[str, Node] = {"task_id": step.id, "reads": fetched, **hidden, **arguments(step, version, settings)}
    given = containers.with_patch(given, step.patches.get("airflow"))
    if step.fan_out:
        yield _mapped(variables, step, given)
    else:
        yield _task(variables.last(step.id), Call("Step", keywords(given)), step)


def arguments(step: Step, version: str, settings: Settings) -> dict[str, Node]:
    """Those of the task of a step, but for what it reads."""
    given: dict[str, Node] = {} if has_list_task(step) else {"trigger_rule": _trigger_rule(step)}
    given |= _failing(step, version)
    given["execution_timeout"] = None if step.timeout is None else seconds(step.timeout + BACKSTOP)
    given |= containers.arguments(step, settings)
    if step.fan_out:
        given["max_active_tis_per_dagrun"] = step.fan_out.max_parallel
        given["fail_fast"] = step.fan_out.fail_fast or None
    return given


def _failing(step: Step, version: str) -> dict[str, Node]:
    """What a failure comes to."""
    retry = _retry(step.retry, version) if step.retry else {}
    return {**retry, "allow_failure": True} if step.allow_failure else retry


def _trigger_rule(step: Step) -> Name | None:
    strict = step.run_if is RunIf.SUCCESS or step.holding
    return None if strict else Name("TriggerRule.ALL_DONE")


def _task(target: str, call: Call, step: Step) -> str:
    ending = TEARDOWN if step.on_exit else ""
    return assignment(target, call, 1, len(ending)) + ending


def _mapped(variables: Variables, step: Step, given: dict[str, Node]) -> str:
    assert step.fan_out is not None
    indices: Node = Name(f"{variables.first(step.id)}.output")
    if not has_list_task(step):
        assert step.fan_out.literal is not None
        indices = Name(f"list(range({len(step.fan_out.literal)}))")
    ending = layout(Call(".expand", (("index", indices),))) + (TEARDOWN if step.on_exit else "")
    return assignment(variables.last(step.id), Call("Step.partial", keywords(given)), 1, len(ending)) + ending


def _retry(retry: Retry, version: str) -> dict[str, Node]:
    given: dict[str, Node] = {"retries": retry.limit, "retry_delay": seconds(retry.delay)}
    if retry.backoff != 1:
        given["retry_exponential_backoff"] = True if version in ONLY_DOUBLES else float(retry.backoff)
    if retry.max_delay is not None:
        given["max_retry_delay"] = seconds(retry.max_delay)
    if len(retry.on) < len(RetryOn):
        given["retry_on"] = [cause.value for cause in retry.on]
    return given
