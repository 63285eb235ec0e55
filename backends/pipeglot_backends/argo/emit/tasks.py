"""Tasks: where each template stands in the DAG, or in the exit handler."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeglot.ir import FanOut, Pipeline, Step
from pipeglot_backends.argo.emit.bindings import Bindings
from pipeglot_backends.argo.emit.templates import merged
from pipeglot_backends.argo.names import Names
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.features.exits import Stages, carried_on_exit, in_levels, in_stages
from pipeglot_expression.runtime.contract import INDICES, STATE

ANY_END = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned")
FAILED = ("Failed", "Errored")
GOES_ON: Mapping[str, Data] = {"continueOn": {"failed": True, "error": True}}


def dag(pipeline: Pipeline, tasks: Iterable[dict[str, Data]], names: Names) -> Data:
    # every task is a target: else the end of a run would be that of its leaves alone, whatever failed before them
    allowed = {name for step in pipeline.steps if step.allow_failure for name in names.of(step)}
    listed: list[Data] = list(tasks)
    target = " ".join(str(task["name"]) for task in listed if isinstance(task, dict) and task["name"] not in allowed)
    return {"failFast": pipeline.fail_fast, "target": target, "tasks": listed}


def behind_allowed(pipeline: Pipeline, names: Names) -> list[dict[str, Data]]:
    """A task behind those that may fail: they are no targets, and Argo starts only what a target waits for."""
    waited: set[str] = set()
    alone: list[Step] = []
    for step in reversed(pipeline.steps):
        if step.allow_failure and step.id not in waited:
            alone.append(step)
        waited.update(step.needs)
    if not alone:
        return []
    ends = " && ".join(_any(f"{names.step[step.id]}.{end}" for end in ANY_END) for step in reversed(alone))
    return [{"name": names.allowed, "template": names.allowed, "depends": ends}]


def added(pipeline: Pipeline) -> tuple[tuple[str, str], ...]:
    """The tasks that are no steps, and what each is for."""
    names = Names(pipeline)
    listing = tuple((name, f"decides the items of `{step}`") for step, name in names.items.items())
    behind = [(names.allowed, "starts what may fail, without a pod")] if behind_allowed(pipeline, names) else []
    return (*listing, *behind)


def nothing(names: Names) -> dict[str, Data]:
    """A template that needs no pod, and is over at once."""
    return {"name": names.allowed, "suspend": {"duration": "0"}}


def tasks_of(step: Step, pipeline: Pipeline, carriage: Bindings, names: Names) -> list[dict[str, Data]]:
    task, depends = names.step[step.id], depends_on(step, pipeline, names)
    if step.fan_out is None:
        return [_task(task, task, depends, carriage)]
    if not step.needs_list_task:
        count = len(step.fan_out.literal or ())
        return [_fanned(step, carriage, names, depends, json.dumps(list(range(count)), separators=(",", ":")))]
    items = names.items[step.id]
    indices = f"{{{{tasks.{items}.outputs.parameters.{INDICES}}}}}"
    return [_task(items, items, depends, carriage), _fanned(step, carriage, names, items, indices)]


def exit_templates(carriages: Mapping[str, tuple[Step, Bindings]], names: Names) -> list[Data]:
    """As steps, not as a DAG: one is taken for done by Argo 4.0 as soon as a workflow is stopped."""
    steps = [step for step, _ in carriages.values()]
    parts = carried_on_exit(steps)
    stages = in_stages([step for step in steps if step.id not in names.carried]) or []
    if not parts:
        return _templates("on-exit", stages, carriages, names) if steps else []
    beside: Stages = [[stages]] if len(stages) > 1 else stages
    made = _templates("on-exit", beside, carriages, names)
    begun: list[Data] = [{"name": name, "template": name} for name in (names.series[part[0].id] for part in parts)]
    listed: list[Data] = [*(_exit_tasks(beside[0], carriages, names) if beside else []), *begun]
    return [{"name": "on-exit", "steps": [listed]}, *made[1:], *carried_templates(parts, carriages, names)]


def carried_templates(
    parts: Iterable[list[Step]], carriages: Mapping[str, tuple[Step, Bindings]], names: Names
) -> list[Data]:
    """Where one has failed, what is after it begins all the same, and its sidecar decides; at the end that is told."""
    made: list[Data] = []
    for part in parts:
        groups: list[Data] = []
        for level in in_levels(part):
            tasks = [_exit_task(step, carriages[step.id][1], names) for step in level]
            groups.append([{**task, **GOES_ON} for task in tasks])
        judged = [names.step[step.id] for step in part if not step.allow_failure]
        failed = " || ".join(f"{{{{steps.{task}.status}}}} == {end}" for task in judged for end in ("Failed", "Error"))
        verdict: Data = {"name": names.verdict, "template": names.verdict, "when": failed}
        made.append({"name": names.series[part[0].id], "steps": [*groups, *([[verdict]] if judged else [])]})
    # no pod is needed to fail: what it asks is no question
    fails: Data = {"name": "failed", "template": names.allowed, "when": "'a step of on_exit has failed'"}
    return [*made, {"name": names.verdict, "steps": [[fails]]}]


def _templates(name: str, stages: Stages, carriages: Mapping[str, tuple[Step, Bindings]], names: Names) -> list[Data]:
    listed: list[Data] = []
    inner: list[Data] = []
    for stage in stages:
        listed.append(_exit_tasks(stage, carriages, names))
        for part in stage:
            if not isinstance(part, Step):
                inner += _templates(_name(part, names), part, carriages, names)
    return [{"name": name, "steps": listed}, *inner]


def _exit_tasks(
    stage: Iterable[Step | Stages], carriages: Mapping[str, tuple[Step, Bindings]], names: Names
) -> list[Data]:
    tasks: list[Data] = []
    for part in stage:
        if isinstance(part, Step):
            tasks.append(_exit_task(part, carriages[part.id][1], names))
        else:
            series = _name(part, names)
            tasks.append({"name": series, "template": series})
    return tasks


def _name(series: Stages, names: Names) -> str:
    """One for each: a step stands first in one series, and begins the second part of one."""
    first = series[0][0]
    return names.series[first.id] if isinstance(first, Step) else names.wider[_first(series[1:]).id]


def _first(stages: Stages) -> Step:
    part = stages[0][0]
    return part if isinstance(part, Step) else _first(part)


def _exit_task(step: Step, carriage: Bindings, names: Names) -> dict[str, Data]:
    template = names.each[step.id] if step.fan_out else names.step[step.id]
    task = _task(names.step[step.id], template, None, carriage)
    return {**task, **GOES_ON} if step.allow_failure else task


def fanned_on_exit(step: Step, fan_out: FanOut, carriage: Bindings, names: Names) -> dict[str, Data]:
    """Steps of their own for a fan-out in the exit handler: its list, which fails nothing beside it, then its items."""
    each = names.step[step.id]
    own_names = [_named(entry) for entry in carriage.argument_parameters]
    passed: list[Data] = [{"name": name, "value": f"{{{{inputs.parameters.{name}}}}}"} for name in own_names]
    handed = replace(carriage, argument_parameters=passed)
    indices = json.dumps(list(range(len(fan_out.literal or ()))), separators=(",", ":"))
    groups: list[Data] = []
    if step.needs_list_task:
        items = names.items[step.id]
        groups.append([_task(items, items, None, handed)])
        indices = f"{{{{steps.{items}.outputs.parameters.{INDICES}}}}}"
    fanned = _task(each, each, None, handed, ({"name": "index", "value": "{{item}}"},))
    groups.append([{**fanned, "withParam": indices}])
    inputs = merged({"parameters": [{"name": name} for name in own_names]})
    return merged({"name": names.each[step.id], "parallelism": fan_out.max_parallel, "inputs": inputs, "steps": groups})


def depends_on(step: Step, pipeline: Pipeline, names: Names) -> str | None:
    terms = [_term(step, pipeline.by_id[need], names) for need in step.needs]
    return " && ".join(terms) or None


def _term(step: Step, need: Step, names: Names) -> str:
    task = names.step[need.id]
    if need.id not in step.holding:
        return _any(f"{task}.{end}" for end in ANY_END)
    if not need.allow_failure:
        return task
    # where the list task fails, the other one never starts
    return _any([f"{task}.Succeeded", *(f"{name}.{end}" for name in names.of(need) for end in FAILED)])


def _any(terms: Iterable[str]) -> str:
    return f"({' || '.join(terms)})"


def _task(
    name: str, template: str, depends: str | None, carriage: Bindings, more: tuple[Data, ...] = ()
) -> dict[str, Data]:
    parameters = [*more, *carriage.argument_parameters]
    arguments = merged({"parameters": parameters, "artifacts": carriage.argument_artifacts})
    return merged({"name": name, "template": template, "depends": depends, "arguments": arguments})


def _fanned(step: Step, carriage: Bindings, names: Names, depends: str | None, indices: str) -> dict[str, Data]:
    task = names.step[step.id]
    if is_throttled(step):
        return _task(task, names.each[step.id], depends, carriage, ({"name": "indices", "value": indices},))
    made = _task(task, task, depends, carriage, ({"name": "index", "value": "{{item}}"},))
    return {**made, "withParam": indices}


def is_throttled(step: Step) -> bool:
    return step.fan_out is not None and step.fan_out.max_parallel is not None


def throttle(step: Step, fan_out: FanOut, carriage: Bindings, names: Names) -> dict[str, Data]:
    """A DAG of its own around the items: Argo limits how many run at a time by template, not by task."""
    each = names.step[step.id]
    passed = [_named(entry) for entry in carriage.input_parameters]
    pieces = [_named(entry) for entry in carriage.input_artifacts if not _is_keyed(entry)]
    handed = Bindings(
        [{"name": name, "value": f"{{{{inputs.parameters.{name}}}}}"} for name in passed],
        [{"name": name, "from": f"{{{{inputs.artifacts.{name}}}}}", "optional": True} for name in pieces],
    )
    task = _task(each, each, None, handed, ({"name": "index", "value": "{{item}}"},))
    inputs = merged(
        {"parameters": [{"name": "indices"}, *carriage.input_parameters]},
        {"artifacts": [{"name": name, "optional": True} for name in pieces]},
    )
    values = [output.name for output in step.outputs if not output.artifact]
    return merged(
        {"name": names.each[step.id], "parallelism": fan_out.max_parallel},
        {"inputs": inputs, "outputs": {"parameters": [_gathered(each, name) for name in [*values, STATE]]}},
        {"dag": {"failFast": False, "tasks": [{**task, "withParam": "{{inputs.parameters.indices}}"}]}},
    )


def _gathered(task: str, output: str) -> Data:
    return {
        "name": output,
        "valueFrom": {"parameter": f"{{{{tasks.{task}.outputs.parameters.{output}}}}}", "default": "[]"},
    }


def _named(entry: Data) -> str:
    assert isinstance(entry, dict)
    return str(entry["name"])


def _is_keyed(entry: Data) -> bool:
    return isinstance(entry, dict) and "s3" in entry
