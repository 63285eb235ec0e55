"""`max_parallel` of a run: as many queues of steps, in each of which a step waits for the one before it.

The engines limit the items of a loop alone. A step waits whatever became of the one before it, so these are softened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeglot.ir import Pipeline, Step


def queued(pipeline: Pipeline) -> Pipeline:
    """The pipeline with edges by which no more steps go on at a time, and without that limit."""
    if pipeline.max_parallel is None:
        return pipeline
    steps, on_exit = (tuple(_queued(group, pipeline.max_parallel)) for group in (pipeline.steps, pipeline.on_exit))
    return replace(pipeline, steps=steps, on_exit=on_exit, max_parallel=None)


@dataclass(slots=True)
class _Lane:
    """The last step in it so far, and how many stand one after another before that one may begin."""

    last: str | None = None
    depth: int = 0


def _queued(steps: tuple[Step, ...], most: int) -> Iterator[Step]:
    """Steps stand in topological order. A fan-out has all lanes for itself: its items can take as many."""
    # more than there are steps would never be taken
    lanes = [_Lane() for _ in range(min(most, len(steps)))]
    before: dict[str, frozenset[str]] = {}
    depth: dict[str, int] = {}
    for step in steps:
        known = frozenset((*step.needs, *(id for need in step.needs for id in before.get(need, ()))))
        ready = max((depth.get(need, 0) for need in step.needs), default=0)
        taken = lanes if step.fan_out else [min(lanes, key=lambda lane: _cost(lane, known, ready))]
        waits = tuple(dict.fromkeys(lane.last for lane in taken if lane.last and lane.last not in known))
        before[step.id] = known | {id for last in waits for id in (last, *before[last])}
        depth[step.id] = max(ready, *(lane.depth for lane in taken)) + 1
        for lane in taken:
            lane.last, lane.depth = step.id, depth[step.id]
        yield replace(
            step,
            needs=(*step.needs, *waits),
            after=(*step.after, *waits),
            fan_out=step.fan_out and replace(step.fan_out, max_parallel=min(step.fan_out.max_parallel or most, most)),
        )


def _cost(lane: _Lane, known: frozenset[str], ready: int) -> tuple[bool, int, int]:
    """First a lane that is free once the needs are over, and of these the one that is free last; else the first to be
    free, and rather one of a step that is waited for anyway."""
    free = lane.last is None or lane.last in known or lane.depth <= ready
    return (not free, -lane.depth if free else lane.depth, lane.last not in known)
