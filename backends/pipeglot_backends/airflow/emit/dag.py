"""The text of the DAG file: a template for what is alike in all, and the tasks, edges and parameters of this one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from pipeglot.ir import Pipeline, RetryOn, Step
from pipeglot_backends.airflow.emit import containers
from pipeglot_backends.airflow.emit.bindings import macros, private
from pipeglot_backends.airflow.emit.environment import SINK_NAMES, bringing, home, variables
from pipeglot_backends.airflow.emit.operators import Variables, definitions, gates, seconds
from pipeglot_backends.airflow.emit.params import params
from pipeglot_backends.airflow.emit.python_text import INDENT, Name, Node, assignment, keywords, layout, text
from pipeglot_backends.airflow.emit.timetables import timetable
from pipeglot_backends.airflow.names import gate_task, has_list_task, list_task, verdict_task
from pipeglot_backends.airflow.settings import Settings, read
from pipeglot_backends.features.labels import as_tags
from pipeglot_backends.protocol import Options

if TYPE_CHECKING:
    from jinja2 import Template

BACKSTOP = 3600.0
"""Seconds that `on_exit` has after the deadline before Airflow itself ends the run, and it with it."""
EXCEPTIONS = {"3.1": "airflow.exceptions"}
"""Where exceptions are imported from; since 3.2 from the SDK."""
FINGERPRINT = re.compile(r"Compiled by pipeglot, fingerprint ([0-9a-f]+)")
OPERATOR_CLASSES = {"bash": "BashOperator", "docker": "DockerOperator", "kubernetes": "KubernetesPodOperator"}


def dag_file(pipeline: Pipeline, options: Options) -> str:
    """The file, with a fingerprint of all the rest of it: by that one sees which text Airflow runs."""
    blank = _rendered(pipeline, options, "")
    return _rendered(pipeline, options, hashlib.sha256(blank.encode("utf-8", "surrogatepass")).hexdigest()[:12])


def fingerprint(text: str) -> str | None:
    found = FINGERPRINT.search(text)
    return found[1] if found else None


def added(pipeline: Pipeline) -> tuple[tuple[str, str], ...]:
    """The tasks that are no steps, and what each is for."""
    lists = [
        (list_task(step), f"lists the items of `{step.id}`: Airflow maps a task over another's return value only")
        for step in (*pipeline.steps, *pipeline.on_exit)
        if has_list_task(step)
    ]
    passing = [(gate, "lets failures by: a task has one rule for all that it waits for") for gate in gates(pipeline)]
    verdict = "fails the run when any step failed: Airflow itself looks at the last tasks only"
    return (*lists, *passing, (verdict_task(pipeline), verdict))


def _rendered(pipeline: Pipeline, options: Options, mark: str) -> str:
    settings = read(options.settings)
    steps = (*pipeline.steps, *pipeline.on_exit)
    variables = Variables(pipeline)
    verdict = verdict_task(pipeline)
    flags = {**_flags(pipeline, settings), **containers.flags(pipeline)}
    return _template().render(
        **flags,
        **SINK_NAMES,
        operator=settings.operator,
        base=OPERATOR_CLASSES[settings.operator],
        pipeline=pipeline.name,
        version=options.version,
        home=home(pipeline),
        home_text=text(home(pipeline)),
        exceptions=EXCEPTIONS.get(options.version, "airflow.sdk.exceptions"),
        params=bool(pipeline.params),
        times=any(step.retry or step.timeout for step in steps) or pipeline.deadline is not None,
        constants="\n".join(_constants(pipeline, settings, options)),
        signature=", ".join(["self", "*", *_signature(flags, settings.operator), "**rest"]),
        deadline="" if pipeline.deadline is None else text(repr(pipeline.deadline)),
        macros=macros(pipeline),
        dag=_arguments(containers.with_patch(dag_arguments(pipeline, settings, mark), pipeline.patches.get("airflow"))),
        body="\n".join(definitions(pipeline, variables, options.version, settings)),
        verdict=f"task_id={text(verdict)}" if variables.verdict != verdict else "",
        verdict_name=variables.verdict,
        verdict_text=text(verdict),
        all_steps="STEPS + ON_EXIT" if pipeline.on_exit else "STEPS",
        edges="\n".join(_edges(pipeline, variables)),
    )


def _flags(pipeline: Pipeline, settings: Settings) -> dict[str, bool]:
    """Which parts of the operator this pipeline needs: what it does not use is not in its file."""
    steps = (*pipeline.steps, *pipeline.on_exit)
    retried = [step.retry.on for step in steps if step.retry]
    return {
        "private": any(private(pipeline, step) for step in steps),
        "causes": any(len(causes) < len(RetryOn) for causes in retried),
        "lost": any(RetryOn.LOST not in causes for causes in retried),
        "scheduled": pipeline.schedule is not None,
        "bounded": pipeline.schedule is not None and bool(pipeline.schedule.start or pipeline.schedule.end),
        "sink": pipeline.records.server is not None,
        "record_in_log": settings.operator == "kubernetes" and not pipeline.records.sink,
        "allowed": any(step.allow_failure for step in steps),
        "fail_fast": pipeline.fail_fast,
        "fail_fast_items": any(step.fan_out and step.fan_out.fail_fast for step in steps),
        "gates": bool(gates(pipeline)),
        "lists": any(has_list_task(step) for step in steps),
        "fan_outs": any(step.fan_out for step in steps),
    }


def _signature(flags: dict[str, bool], operator: str) -> list[str]:
    optional = {
        "private": "private=()",
        "causes": 'retry_on=("error", "timeout", "lost")',
        "fail_fast_items": "fail_fast=False",
        "allowed": "allow_failure=False",
        **containers.OPTIONAL[operator],
    }
    return ["reads", "step=None", "index=None", *(optional[flag] for flag in optional if flags[flag])]


def _constants(pipeline: Pipeline, settings: Settings, options: Options) -> Iterator[str]:
    steps = (*pipeline.steps, *pipeline.on_exit)
    fan_outs: dict[str, Node] = {step.id: _tasks(step) for step in steps if step.fan_out}
    yield assignment("SETTINGS", variables(pipeline, settings))
    of_containers = {**containers.constants(pipeline, settings, options), **bringing(pipeline, settings)}
    for name, value in of_containers.items():
        yield assignment(name, value)
    yield assignment("STEPS", [step.id for step in pipeline.steps])
    if pipeline.on_exit:
        yield assignment("ON_EXIT", [step.id for step in pipeline.on_exit])
    if fan_outs:
        yield assignment("FAN_OUTS", fan_outs) + "  # and the tasks of each"


@cache
def _template() -> Template:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_source),
    )
    return environment.get_template("dag.py.jinja")


def _source(name: str) -> str:
    return resources.files("pipeglot_backends.airflow.emit").joinpath(f"templates/{name}").read_text(encoding="utf-8")


def _tasks(step: Step) -> list[Node]:
    return [list_task(step), step.id] if has_list_task(step) else [step.id]


def dag_arguments(pipeline: Pipeline, settings: Settings, mark: str) -> dict[str, Node]:
    tags = [*as_tags(pipeline).values()]
    defaults: dict[str, Node] = {
        "retries": 0,
        "trigger_rule": Name("TriggerRule.NONE_FAILED"),
        "owner": settings.owner,
        "pool": settings.pool,
        "queue": settings.queue,
    }
    timeout = None if pipeline.deadline is None else seconds(pipeline.deadline + BACKSTOP)
    return {
        "dag_id": pipeline.name,
        "description": pipeline.description or None,
        "doc_md": f"Compiled by pipeglot, fingerprint {mark}.",
        **timetable(pipeline.schedule),
        "max_active_tasks": pipeline.max_parallel,
        "dagrun_timeout": timeout,
        "tags": [*dict.fromkeys(["pipeglot", *tags, *settings.tags])],
        "params": params(pipeline) or None,
        "default_args": {key: value for key, value in defaults.items() if value is not None},
        "user_defined_filters": {"wire": Name("json.dumps")},
        "user_defined_macros": {name: Name(name) for name in macros(pipeline)} or None,
    }


def _arguments(given: dict[str, Node]) -> str:
    lines = [f"{INDENT}{name}={layout(value, 1, len(INDENT) + len(name) + 1, 1)}," for name, value in keywords(given)]
    return "\n" + "\n".join(lines) + "\n"


def _edges(pipeline: Pipeline, variables: Variables) -> list[str]:
    """One line for each step that waits; then `on_exit`, and the verdict, after all that nothing waits for."""
    lines = [
        f"{INDENT}{_group([variables.last(need) for need in needs])} >> {variables.gate(gate)}"
        for gate, needs in gates(pipeline).items()
    ]
    lines += [
        f"{INDENT}{_group(_before(step, variables))} >> {variables.first(step.id)}"
        for step in pipeline.steps
        if step.needs
    ]
    waited = {need for step in pipeline.steps for need in step.needs}
    leaves = _group([variables.last(step.id) for step in pipeline.steps if step.id not in waited])
    lines += [f"{INDENT}{leaves} >> {variables.first(step.id)}" for step in pipeline.on_exit if not step.needs]
    lines += [
        f"{INDENT}{_group([variables.last(need) for need in step.needs])} >> {variables.first(step.id)}"
        for step in pipeline.on_exit
        if step.needs
    ]
    ends = _group([variables.last(step.id) for step in pipeline.on_exit]) if pipeline.on_exit else leaves
    return [*lines, f"{INDENT}{ends} >> {variables.verdict}().as_teardown(on_failure_fail_dagrun=True)"]


def _before(step: Step, variables: Variables) -> list[str]:
    gate = gate_task(step)
    held = [need for need in step.needs if not (gate and need not in step.holding)]
    return [*([variables.gate(gate)] if gate else []), *map(variables.last, held)]


def _group(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
