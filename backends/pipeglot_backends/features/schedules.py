"""What a schedule asks of an engine: predicates that several targets name in their limits."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Overlap, Pipeline


def schedule(pipeline: Pipeline) -> Iterator[Origin]:
    return iter([pipeline.schedule.origin] if pipeline.schedule else [])


def overlapping_schedule(pipeline: Pipeline) -> Iterator[Origin]:
    found = pipeline.schedule
    return iter([found.origin] if found and found.overlap is not Overlap.ALLOW else [])


def schedule_that_replaces(pipeline: Pipeline) -> Iterator[Origin]:
    found = pipeline.schedule
    return iter([found.origin] if found and found.overlap is Overlap.REPLACE else [])


def schedule_that_catches_up(pipeline: Pipeline) -> Iterator[Origin]:
    return iter([pipeline.schedule.origin] if pipeline.schedule and pipeline.schedule.catchup else [])
