"""The pipeline and its step table as the sidecars need them where failures are carried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeglot.definition import read_json, retry_json
from pipeglot.ir import Pipeline, Read, ReadKind, Step
from pipeglot.readable import readable
from pipeglot_backends.kubeflow.emit.softening.softened import OF_STEPS, Carrying
from pipeglot_backends.protocol import Options


def rewritten(pipeline: Pipeline, options: Options, carried: Carrying) -> tuple[Pipeline, Options]:
    """The step table says what the steps read, and whose failure is handed on."""
    made = reading_states(pipeline, carried)
    changed = {new.id: new for old, new in _pairs(pipeline, made) if old is not new or _is_told(new, carried)}
    return made, replace(options, table=_table(options.table, changed, carried)) if changed else options


def reading_states(pipeline: Pipeline, carried: Carrying) -> Pipeline:
    """Each step reads the states it decides by; what is decided once for a fan-out has a list task."""
    steps = tuple(_step(pipeline, step, carried) for step in pipeline.steps)
    return replace(pipeline, steps=steps, on_exit=tuple(_step(pipeline, step, carried) for step in pipeline.on_exit))


def _pairs(before: Pipeline, after: Pipeline) -> Iterator[tuple[Step, Step]]:
    yield from zip((*before.steps, *before.on_exit), (*after.steps, *after.on_exit), strict=True)


def _step(pipeline: Pipeline, step: Step, carried: Carrying) -> Step:
    known = {read.slot for read in step.reads}
    wanted = dict.fromkeys((*_asked(step), *carried.heeded(step)))
    more = [read for id in wanted for read in _states(pipeline.by_id[id]) if read.slot not in known]
    heeds = step.fan_out is not None and bool(carried.heeded(step))
    if not (more or heeds):
        return step
    return replace(step, reads=(*step.reads, *more), needs_list_task=step.needs_list_task or heeds)


def _asked(step: Step) -> Iterator[str]:
    """Steps whose state a step must be told, for the engine's own word on them does not reach it."""
    engine = {read.step for read in step.reads if read.kind is ReadKind.ENGINE}
    read = {each.step for each in step.reads if each.kind in OF_STEPS}
    yield from sorted(id for id in (engine & read if step.on_exit else engine) if id)


def _states(source: Step) -> Iterator[Read]:
    fan, allowed = source.fan_out is not None, source.allow_failure
    yield Read(f"steps.{source.id}.state", ReadKind.STATE, step=source.id, fan=fan, allowed=allowed)
    if fan:
        yield Read(f"steps.{source.id}.items", ReadKind.ITEMS, "list", step=source.id, fan=True)


def _table(text: str, changed: dict[str, Step], carried: Carrying) -> str:
    table: dict[str, Any] = json.loads(text)
    for id, step in changed.items():
        entry = table["steps"][id]
        if step.reads:
            entry["reads"] = [read_json(read) for read in step.reads]
        if heeded := carried.heeded(step):
            entry["heeds"] = list(heeded)
        if step.retry:
            entry["retry"] = retry_json(step.retry)
        if _is_soft(step, carried):
            entry["soft"] = True
        if any(id in other.needs for other in changed.values() if other.on_exit):
            entry["awaited"] = True
    return readable(table)


def _is_told(step: Step, carried: Carrying) -> bool:
    """Whether the sidecar is told more of a step than elsewhere: it tries again, or heeds or hands on a failure."""
    return step.retry is not None or _is_soft(step, carried) or bool(carried.heeded(step))


def _is_soft(step: Step, carried: Carrying) -> bool:
    return step.allow_failure or (carried.on_exit if step.on_exit else step.id in carried.softened)
