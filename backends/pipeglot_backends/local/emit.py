"""From the pipeline to `plan.json`: what to start when, and from where each step takes what it reads."""

from __future__ import annotations

import json

from pipeglot.definition import present, retry_json
from pipeglot.ir import FanOut, Json, Pipeline, Read, RunIf, Secret, Step
from pipeglot_backends.emit.places import kept_work
from pipeglot_backends.local.settings import read
from pipeglot_backends.protocol import Options
from pipeglot_expression.runtime.contract import BACKSTOP

FORMAT = 1


def plan_json(pipeline: Pipeline, options: Options) -> str:
    """Nothing of a value, a command or a param: those are the sidecar's, in the step table."""
    settings = read(options.settings)
    plan = present(
        {
            "format": FORMAT,
            "pipeline": pipeline.name,
            "definition": options.definition_hash,
            "profile": pipeline.profile,
            "python": settings.python,
            "jobs": settings.jobs,
            "max_parallel": pipeline.max_parallel,
            "fail_fast": pipeline.fail_fast or None,
            "deadline": pipeline.deadline,
            "artifacts": pipeline.artifacts,
            "cache": _cache(pipeline),
            "record": "fail" if pipeline.records.fail else None,
            "params": {param.name: present({"sensitive": param.sensitive or None}) for param in pipeline.params},
        }
    )
    plan["steps"] = [_step(step) for step in pipeline.steps]
    plan["on_exit"] = [_step(step) for step in pipeline.on_exit]
    return json.dumps(plan, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _step(step: Step) -> Json:
    return present(
        {
            "id": step.id,
            "needs": list(step.needs) or None,
            "run_if": None if step.run_if is RunIf.SUCCESS else step.run_if.value,
            "after": list(step.after) or None,
            "around": list(step.around) or None,
            "allow_failure": step.allow_failure or None,
            "fan_out": _fan_out(step, step.fan_out) if step.fan_out else None,
            "retry": retry_json(step.retry) if step.retry else None,
            "backstop": None if step.timeout is None else step.timeout + BACKSTOP,
            "reads": [_read(read) for read in step.reads] or None,
            "secrets": _secrets(step, optional=False) or None,
            "optional_secrets": _secrets(step, optional=True) or None,
            "sensitive": [output.name for output in step.outputs if output.sensitive] or None,
        }
    )


def _cache(pipeline: Pipeline) -> str | None:
    """Where the work of steps is kept: empty for the folder of the project, None where none is to be kept."""
    if not any(step.cache for step in pipeline.steps):
        return None
    return kept_work(pipeline) or ""


def _fan_out(step: Step, fan: FanOut) -> Json:
    """`count` where nothing has to be decided at run time; without it a list task says which items there are."""
    fixed = fan.literal is not None and not step.needs_list_task
    return present(
        {
            "count": len(fan.literal or ()) if fixed else None,
            "max_parallel": fan.max_parallel,
            "fail_fast": fan.fail_fast or None,
        }
    )


def _read(read: Read) -> Json:
    return present({"slot": read.slot, "kind": read.kind.value, "step": read.step, "name": read.output or read.param})


def _secrets(step: Step, *, optional: bool) -> list[Json]:
    named = [value for value in step.env.values() if isinstance(value, Secret)]
    return [[value.name, value.key] for value in named if value.optional == optional]
