"""The two JSON forms of a pipeline: the definition (for the store) and the step table (for the sidecar)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from pipeglot.ir import (
    MISSING,
    Body,
    Cache,
    Command,
    ConfigKey,
    FanOut,
    Gpu,
    Group,
    Input,
    Json,
    Notebook,
    Notify,
    Output,
    Outside,
    Param,
    Pipeline,
    PodField,
    Read,
    Resources,
    Retry,
    RunIf,
    Script,
    Secret,
    Step,
    Tree,
)
from pipeglot.readable import broken, pieces, readable

FORMAT = 1
LETTERS = 100
"""In a line of a program that travels in the step table."""


def canonical(value: Json) -> str:
    """The one spelling of a JSON value: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def definition_json(pipeline: Pipeline) -> str:
    """The checked pipeline, canonical: the same text for the same meaning. Says nothing of a target."""
    return canonical(
        present(
            {
                "format": FORMAT,
                "pipeline": pipeline.name,
                "description": pipeline.description or None,
                "labels": dict(pipeline.labels) or None,
                "params": {param.name: _param(param) for param in pipeline.params},
                "order": [step.id for step in (*pipeline.steps, *_in_groups(pipeline.on_exit))],
                "steps": {step.id: _step(step, whole=True) for step in pipeline.steps},
                "on_exit": {step.id: _step(step, whole=True) for step in pipeline.on_exit},
                "groups": {group.id: _group(group) for group in pipeline.groups} or None,
                "max_parallel": pipeline.max_parallel,
                "fail_fast": pipeline.fail_fast or None,
                "deadline": pipeline.deadline,
            }
        )
    )


def _in_groups(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Those that may wait for each other, if any does: an object of JSON has no order."""
    found = tuple(steps)
    return found if any(step.needs for step in found) else ()


def definition_text(definition: str) -> str:
    """As it is kept beside the files of a target, for people too."""
    return readable(json.loads(definition)) + "\n"


def definition_hash(definition: str) -> str:
    return "sha256:" + hashlib.sha256(definition.encode("ascii")).hexdigest()


def step_table(pipeline: Pipeline, only: str | None = None, capture: str = "", in_images: bool = False) -> str:
    """What the sidecar needs of the definition, as people review it; of one step alone where `only` names it.

    `capture` is the program that captures, packed, where the pipeline asks for it.
    `in_images`: that is where steps run.
    """
    steps = [step for step in (*pipeline.steps, *pipeline.on_exit) if only in (None, step.id)]
    table: dict[str, Json] = {
        "format": FORMAT,
        "pipeline": pipeline.name,
        "definition": definition_hash(definition_json(pipeline)),
        "params": {
            param.name: present({"type": param.type, "sensitive": param.sensitive or None}) for param in pipeline.params
        },
        "steps": {step.id: {**_step(step, whole=False), **_surroundings(pipeline, step, in_images)} for step in steps},
    }
    if pipeline.records.capture:
        table["capture"] = _capture(pipeline, capture)
    return readable(table)


def _capture(pipeline: Pipeline, program: str) -> Json:
    of = pipeline.records.capture
    images: dict[str, Json] = {
        step.id: step.image for step in (*pipeline.steps, *pipeline.on_exit) if "image" in of and step.image
    }
    lines: list[Json] = [program[begin : begin + LETTERS] for begin in range(0, len(program), LETTERS)]
    return present({"of": list(of), "images": images or None, "program": lines})


def present(entries: Mapping[str, Json]) -> dict[str, Json]:
    """Those that have a value."""
    return {key: value for key, value in entries.items() if value is not None}


def _param(param: Param) -> Json:
    entry = present({"type": param.type, "sensitive": param.sensitive or None, **param.limits})
    if param.default is not MISSING:
        entry["default"] = param.default
    return entry


def _told(step: Step) -> tuple[str, ...]:
    """The needs of a step of `on_exit` that may have been held back and ended well for the engine all the same."""
    return step.holding if step.run_if is RunIf.SUCCESS else step.needs


def _step(step: Step, *, whole: bool) -> dict[str, Json]:
    entry = present(
        {
            "inputs": {item.name: _input(item) for item in step.inputs},
            "outputs": {output.name: _output(output, whole) for output in step.outputs},
            "body": _body(step.body),
            "env": {name: _env(value) for name, value in step.env.items()} or None,
            "guard": step.guard,
            "guard_each": step.guard_each,
            "when": step.when,
            "when_each": step.when_each or None,
            "run_if": None if step.run_if is RunIf.SUCCESS else step.run_if.value,
            "allow_failure": step.allow_failure or None,
            "foreach": _fan_out(step.fan_out, whole) if step.fan_out else None,
            "requires": [list(path) for path in step.requires] or None,
            "requires_each": [list(path) for path in step.requires_each] or None,
            "needs": list(step.needs) or None,
            "aligned": list(step.aligned) or None,
            "heeds": (list(_told(step)) or None) if step.on_exit else None,
            "heeds_each": list(step.held_each) or None,
            "after": list(step.after) or None,
            "around": list(step.around) or None,
            "reads": [read_json(read) for read in step.reads] or None,
            "timeout": step.timeout,
            "code": step.code.digest if step.code else None,
            "cache": _cache(step.cache) if step.cache else None,
            "on_exit": step.on_exit or None,
        }
    )
    if whole:
        entry |= present(
            {
                "image": step.image,
                "workdir": step.workdir,
                "retry": retry_json(step.retry) if step.retry else None,
                "resources": _resources(step.resources) if step.resources else None,
                "list_task": step.needs_list_task or None,
            }
        )
    return entry


def _cache(cache: Cache) -> dict[str, Json]:
    return present({"key": cache.key, "max_age": cache.max_age, "version": cache.version})


def _surroundings(pipeline: Pipeline, step: Step, in_images: bool) -> dict[str, Json]:
    """Of a step whose work is kept, in what it runs."""
    if step.cache is None:
        return {}
    environment = pipeline.cache.environment if pipeline.cache else None
    fields = present({"environment": environment, "image": step.image if in_images else None})
    return {"cache": {**_cache(step.cache), **fields}}


def _input(given: Input) -> Json:
    """Of data from outside the type is that of its address."""
    outside = given.external
    if outside is None:
        return {"type": given.type, "value": given.value}
    mode = "reference" if outside.is_reference else None
    fields = present({"kind": outside.kind, "mode": mode, "digest": outside.digest})
    return {"type": "string", "value": given.value, "external": fields}


def _group(group: Group) -> Json:
    return present(
        {
            "steps": list(group.steps),
            "needs": list(group.needs) or None,
            "guard": group.guard,
            "when": group.when,
        }
    )


def _body(body: Body) -> Json:
    if isinstance(body, Command):
        return {"argv": [broken(tree) for tree in body.argv]}
    if isinstance(body, Script):
        return {"script": [*pieces(body.text)], "shell": body.shell.value, "vars": dict(body.variables)}
    if isinstance(body, Notebook):
        return {"notebook": body.path}
    if isinstance(body, Notify):
        return {"notify": broken(body.message), "format": body.format}
    return {"call": body.function}


def _env(value: Tree | Outside) -> Json:
    if isinstance(value, PodField):
        return {"field": value.path}
    if isinstance(value, Secret | ConfigKey):
        kind = "secret" if isinstance(value, Secret) else "config_map"
        exact = isinstance(value, Secret) and value.exact
        return present({kind: value.name, "key": value.key, "optional": value.optional or None, "exact": exact or None})
    return broken(value)


def _output(output: Output, whole: bool) -> Json:
    entry = present(
        {
            "type": output.type,
            "artifact": output.artifact,
            "file": output.file,
            "format": output.format,
            "optional": output.optional or None,
            "sensitive": output.sensitive or None,
            "register": output.register if whole else None,
        }
    )
    if output.default is not MISSING:
        entry["default"] = output.default
    return entry


def read_json(read: Read) -> Json:
    entry = present(
        {
            "slot": read.slot,
            "type": read.type,
            "step": read.step,
            "output": read.output,
            "file": read.file,
            "fan": read.fan or None,
            "allowed": read.allowed or None,
        }
    )
    if read.default is not MISSING:
        entry["default"] = read.default
    return entry


def _fan_out(fan: FanOut, whole: bool) -> Json:
    entry: dict[str, Json] = {"items": fan.items, "item_type": fan.item_type}
    if fan.axes:
        entry["axes"] = list(fan.axes)
    if fan.format:
        entry["format"] = fan.format
    if whole:
        entry |= present({"max_parallel": fan.max_parallel, "fail_fast": fan.fail_fast or None})
    return entry


def retry_json(retry: Retry) -> Json:
    """The times in seconds; of the causes their names."""
    return present(
        {
            "limit": retry.limit,
            "delay": retry.delay,
            "backoff": retry.backoff,
            "max_delay": retry.max_delay,
            "on": [cause.value for cause in retry.on],
        }
    )


def _resources(resources: Resources) -> Json:
    gpu = resources.gpu
    return present(
        {
            "cpu": resources.cpu,
            "memory": resources.memory,
            "disk": resources.disk,
            "shm": resources.shm,
            "gpu": _gpu(gpu) if gpu else None,
            "limits": present({"cpu": resources.limit_cpu, "memory": resources.limit_memory}) or None,
        }
    )


def _gpu(gpu: Gpu) -> Json:
    resource = None if gpu.resource == Gpu(gpu.count).resource else gpu.resource
    return present({"count": gpu.count, "type": gpu.type, "resource": resource})
