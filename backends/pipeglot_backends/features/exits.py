"""Steps of `on_exit` that wait for each other, as engines without a graph there have them: series within series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

from pipeglot.ir import RunIf, Step

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


def carried_on_exit(steps: Sequence[Step]) -> list[list[Step]]:
    """The parts in which some begin also after a failure, or wait across: what is after one begins, and asks."""
    return [part for part in _apart(steps) if any(map(_asks, part)) or in_stages(part) is None]


def _asks(step: Step) -> bool:
    return bool(step.needs) and step.run_if is not RunIf.SUCCESS


def in_levels(part: Sequence[Step]) -> list[list[Step]]:
    """One after the other, each with all that waits for nothing but those before."""
    level: dict[str, int] = {}
    for step in part:
        level[step.id] = max((level[need] + 1 for need in step.needs), default=0)
    return [[step for step in part if level[step.id] == each] for each in range(max(level.values()) + 1)]
