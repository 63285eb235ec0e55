"""What a run that fails fast asks of an engine, beyond what the needs of its steps say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pipeglot.ir import Origin, Pipeline, RunIf, Step


def fail_fast_between_branches(pipeline: Pipeline) -> Iterator[Origin]:
    """The first step that could still wait, or its items, when another one fails, and that no need of it holds back."""
    if pipeline.fail_fast:
        yield from islice((step.origin for step in _that_begin_late(pipeline)), 1)


def fan_out_fail_fast_where_items_wait(pipeline: Pipeline) -> Iterator[Origin]:
    """Where not all items begin at once, so that one that failed could hold others back."""
    for step in pipeline.steps:
        if step.fan_out and step.fan_out.fail_fast and _items_wait(step, pipeline):
            yield step.fan_out.origin


def fan_out_fail_fast_at_once(pipeline: Pipeline) -> Iterator[Origin]:
    for step in pipeline.steps:
        if step.fan_out and step.fan_out.fail_fast and not _items_wait(step, pipeline):
            yield step.fan_out.origin


def _that_begin_late(pipeline: Pipeline) -> Iterator[Step]:
    bits = {step.id: 1 << place for place, step in enumerate(pipeline.steps)}
    before, behind = dict.fromkeys(bits, 0), dict.fromkeys(bits, 0)
    for step in pipeline.steps:
        for need in step.needs:
            before[step.id] |= before[need] | bits[need]
    for step in reversed(pipeline.steps):
        for need in step.needs:
            behind[need] |= behind[step.id] | bits[step.id]
    for step in pipeline.steps:
        stopping = before[step.id] if step.run_if is RunIf.SUCCESS and not step.after else 0
        alone = stopping | bits[step.id] | behind[step.id] == (1 << len(bits)) - 1
        if _items_wait(step, pipeline) or (not alone and _waits(step, pipeline)):
            yield step


def _waits(step: Step, pipeline: Pipeline) -> bool:
    """What waits for nothing begins with the run, before anything can have failed."""
    return bool(step.needs or step.needs_list_task or pipeline.max_parallel)


def _items_wait(step: Step, pipeline: Pipeline) -> bool:
    """For each other: one that failed has others behind it."""
    fan = step.fan_out
    limits = [limit for limit in (fan and fan.max_parallel, pipeline.max_parallel) if limit]
    if fan is None or not limits:
        return False
    return fan.literal is None or len(fan.literal) > min(limits)
