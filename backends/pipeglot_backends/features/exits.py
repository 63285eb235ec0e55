"""Steps of `on_exit` that wait for each other, as engines without a graph there have them: series within series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias, cast

from pipeglot.ir import Origin, Pipeline, Step

Stages: TypeAlias = "list[list[Step | Stages]]"
"""One after the other; what stands in one stage begins at once."""


def in_stages(steps: Sequence[Step]) -> Stages | None:
    """The steps as series within series: in each, all that follows waits for all before it. None where that is not so.

    They stand in topological order. A step that fails ends its series, and nothing that does not wait for it.
    """
    parts = _apart(steps)
    if len(parts) > 1:
        found = [in_stages(part) for part in parts]
        if None in found:
            return None
        return [[_part(cast("Stages", stages)) for stages in found]]
    if len(steps) == 1:
        return [[steps[0]]]
    for cut in range(1, len(steps)):
        if _follows(steps[:cut], steps[cut:]):
            before, after = in_stages(steps[:cut]), in_stages(steps[cut:])
            return [*before, *after] if before and after else None
    return None


def _part(stages: Stages) -> Step | Stages:
    return stages[0][0] if len(stages) == 1 and len(stages[0]) == 1 else stages


def _apart(steps: Sequence[Step]) -> list[list[Step]]:
    """Those that wait for each other, in whatever way, together."""
    parts: list[list[Step]] = []
    for step in steps:
        joined = [part for part in parts if any(each.id in step.needs for each in part)]
        parts = [part for part in parts if part not in joined]
        parts.append([*(each for part in joined for each in part), step])
    return [[step for step in steps if step in part] for part in parts]


def _follows(before: Sequence[Step], after: Sequence[Step]) -> bool:
    waits: dict[str, set[str]] = {}
    for step in (*before, *after):
        waits[step.id] = set(step.needs).union(*(waits.get(need, ()) for need in step.needs))
    return all(waits[step.id].issuperset(each.id for each in before) for step in after)


def artifacts_between_exit_steps(pipeline: Pipeline) -> Iterator[Origin]:
    for step in pipeline.on_exit:
        if any(read.is_artifact and pipeline.by_id[read.step or ""].on_exit for read in step.reads):
            yield step.origin


def exit_steps_across(pipeline: Pipeline) -> Iterator[Origin]:
    """Where some wait for one that is in the middle of another series."""
    if pipeline.on_exit and in_stages(pipeline.on_exit) is None:
        yield next(step.origin for step in pipeline.on_exit if step.needs)
