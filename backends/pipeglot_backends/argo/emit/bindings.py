"""How what a step reads reaches its pod: arguments of the task, inputs of the template, environment of the sidecar."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeglot.ir import Pipeline, Read, ReadKind, RunIf, Step
from pipeglot_backends.argo.emit import expressions
from pipeglot_backends.argo.emit.artifact_keys import fan_in_key
from pipeglot_backends.argo.names import Names, slots
from pipeglot_backends.emit.pods import variables
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_expression.runtime.contract import STATE

WORK = "/tmp/pipeglot"
ABSENT = "null"


@dataclass(slots=True)
class Bindings:
    """`arguments` stand in the DAG, `inputs` in the template, `environment` in its container."""

    argument_parameters: list[Data] = field(default_factory=list["Data"])
    argument_artifacts: list[Data] = field(default_factory=list["Data"])
    input_parameters: list[Data] = field(default_factory=list["Data"])
    input_artifacts: list[Data] = field(default_factory=list["Data"])
    environment: list[Data] = field(default_factory=list["Data"])

    def variable(self, read: Read, value: str) -> None:
        self.environment.append({"name": f"PIPEGLOT.{read.slot}", "value": value})


def bind(pipeline: Pipeline, step: Step, names: Names, prefix: str) -> Bindings:
    """`prefix` is the key prefix under which items leave their artifacts."""
    bound = Bindings()
    named = slots(read.slot for read in step.reads)
    asked = asked_how_they_ended(step)
    for position, read in enumerate(step.reads):
        if read.is_artifact and read.kind not in _CONSTANT:
            _artifact(bound, step, read, named[read.slot], position, names, prefix)
        elif _is_told(pipeline, step, read, asked, names):
            _bind_value(bound, step, read, named[read.slot], pipeline, names)
    bound.environment += _outside(step)
    return bound


def _is_told(pipeline: Pipeline, step: Step, read: Read, asked: frozenset[str | None], names: Names) -> bool:
    """An exit step needs no word of a step's end where it only looks for its id among those that failed."""
    ended = step.on_exit and read.kind is ReadKind.ENGINE
    if ended and pipeline.by_id[read.step or ""].on_exit:
        return step.id in names.carried  # else, where it failed, nothing after it begins
    return not ended or read.step in asked or _is_always_succeeded(pipeline, read)


def _bind_value(bound: Bindings, step: Step, read: Read, name: str, pipeline: Pipeline, names: Names) -> None:
    if read.kind in _CONSTANT:
        bound.variable(read, _CONSTANT[read.kind](pipeline, read, names))
    elif _is_always_succeeded(pipeline, read):
        bound.variable(read, '"succeeded"')
    elif not step.on_exit or (read.kind is ReadKind.ENGINE and pipeline.by_id[read.step or ""].on_exit):
        _parameter(bound, step, read, name, pipeline, names)
    elif read.kind is not ReadKind.ENGINE:
        bound.variable(read, _global(pipeline, read, names))
    else:
        bound.variable(read, _ended(pipeline.by_id[read.step or ""], names))


def _outside(step: Step) -> Iterator[Data]:
    for name, kind, source in variables(step):
        yield {"name": name, "valueFrom": {kind: source}}


def _param(pipeline: Pipeline, read: Read, names: Names) -> str:
    return expressions.typed(read.param or "")


def _run(pipeline: Pipeline, read: Read, names: Names) -> str:
    if read.slot == "run.status":
        return expressions.run_status()
    tasks = {step.id: names.of(step) for step in pipeline.steps if not step.allow_failure}
    return expressions.failed_steps((id, task) for id in sorted(tasks) for task in tasks[id])


_CONSTANT: Mapping[ReadKind, Callable[[Pipeline, Read, Names], str]] = {ReadKind.PARAM: _param, ReadKind.RUN: _run}


def _is_always_succeeded(pipeline: Pipeline, read: Read) -> bool:
    """A fan-out over a literal list has no list task: it is never skipped as a whole."""
    source = pipeline.by_id[read.step or ""]
    return read.kind is ReadKind.STATE and source.fan_out is not None and not source.needs_list_task


def _parameter(bound: Bindings, step: Step, read: Read, name: str, pipeline: Pipeline, names: Names) -> None:
    bound.input_parameters.append({"name": name, "default": ABSENT})
    bound.argument_parameters.append({"name": name, "value": _value(step, read, pipeline, names)})
    bound.variable(read, f"{{{{inputs.parameters.{name}}}}}")


def _value(step: Step, read: Read, pipeline: Pipeline, names: Names) -> str:
    task, output = source(pipeline, read, names)
    if read.kind is ReadKind.ENGINE:
        return f"{{{{{'steps' if step.on_exit else 'tasks'}.{task}.status}}}}"
    may_have_failed = pipeline.by_id[read.step or ""].allow_failure or read.step in step.after
    if read.fan or step.run_if is not RunIf.SUCCESS or may_have_failed:
        return expressions.left(task, output)
    return f"{{{{tasks.{task}.outputs.parameters.{output}}}}}"


def _global(pipeline: Pipeline, read: Read, names: Names) -> str:
    task, output = source(pipeline, read, names)
    if read.fan and read.kind is not ReadKind.STATE:
        return expressions.all_left_globally(global_name(task, output))
    return expressions.left_globally(global_name(task, output))


def asked_how_they_ended(step: Step) -> frozenset[str | None]:
    """The steps of which more is wanted than to have their ids among those that failed."""
    return frozenset(read.step for read in step.reads if read.kind in (ReadKind.OUTPUT, ReadKind.STATE))


def _ended(source: Step, names: Names) -> str:
    left = global_name(names.step[source.id], STATE)
    if source.fan_out is None:
        return expressions.ended(names.of(source), expressions.left_any(left), "false")
    listed = expressions.left_any(global_name(names.items[source.id], STATE)) if source.needs_list_task else "false"
    if not source.needs_list_task and not source.fan_out.literal:
        listed = "true"  # over nothing: there is no task that could leave a word
    return expressions.ended(names.of(source), expressions.left_any(f"{left}-"), listed)


def source(pipeline: Pipeline, read: Read, names: Names) -> tuple[str, str]:
    """The task that leaves what is read, and the name of its output."""
    step = pipeline.by_id[read.step or ""]
    task = names.items[step.id] if read.kind is ReadKind.STATE and step.needs_list_task else names.step[step.id]
    return task, read.output if read.kind is ReadKind.OUTPUT and read.output else STATE


def global_name(task: str, output: str) -> str:
    return f"{task}-{output}"


def _artifact(bound: Bindings, step: Step, read: Read, name: str, position: int, names: Names, prefix: str) -> None:
    task, output = names.step[read.step or ""], read.output or ""
    path = f"{WORK}/in/{position}" if read.fan else f"{WORK}/in/{position}/{read.file}"
    entry: dict[str, Data] = {"name": name, "path": path, "optional": True}
    if read.fan:
        entry |= {"archive": {"none": {}}, "s3": {"key": fan_in_key(prefix, task, output)}}
    else:
        place = f"tasks.{task}.outputs.artifacts.{output}"
        if step.on_exit:  # its steps are in templates of their own
            place = f"workflow.outputs.artifacts.{global_name(task, output)}"
        bound.argument_artifacts.append({"name": name, "from": f"{{{{{place}}}}}", "optional": True})
    bound.input_artifacts.append(entry)
    bound.variable(read, json.dumps(path))
