"""Retries that an engine cannot keep as they are: the sidecar tries again, and the engine what is lost alone."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipeglot.definition import retry_json
from pipeglot.ir import Pipeline, Retry, RetryOn, Step
from pipeglot.readable import readable
from pipeglot_backends.protocol import Options
from pipeglot_expression.runtime.contract import LONGEST_PAUSE

EVER = 315_360_000
FEW = 10_000
"""Pauses that are added up one by one."""


def carrying_retries(
    pipeline: Pipeline, options: Options, is_carried: Callable[[Retry], bool]
) -> tuple[Pipeline, Options]:
    """The pipeline as it is emitted, and the step table by which the sidecar tries again."""
    found = {step.id: step for step in (*pipeline.steps, *pipeline.on_exit) if step.retry and is_carried(step.retry)}
    if not found:
        return pipeline, options
    table: dict[str, Any] = json.loads(options.table)
    for id, step in found.items():
        assert step.retry is not None
        table.setdefault("steps", {}).setdefault(id, {})["retry"] = retry_json(step.retry)
    steps, on_exit = (
        tuple(_left(step) if step.id in found else step for step in group)
        for group in (pipeline.steps, pipeline.on_exit)
    )
    return replace(pipeline, steps=steps, on_exit=on_exit), replace(options, table=readable(table))


def longest(timeout: float, retry: Retry | None) -> int:
    """Seconds that all tries take at most, which are in one container; never more than a pod can be told."""
    if retry is None:
        return math.ceil(timeout)
    try:
        return min(math.ceil(timeout * (retry.limit + 1) + _pauses(retry)), EVER)
    except OverflowError:
        return EVER


def _pauses(retry: Retry) -> float:
    """Seconds between all tries. Once they grow no more the rest is counted, for there may be very many."""
    total, most = 0.0, retry.max_delay or LONGEST_PAUSE
    for number in range(retry.limit):
        pause = min(retry.delay * retry.backoff**number, most)
        if pause in (0, most) or retry.backoff == 1:
            return total + pause * (retry.limit - number)
        total += pause
        if total > EVER or number > FEW:
            return EVER
    return total


def _left(step: Step) -> Step:
    """What is left of it for the engine, whose own limit of time is about all tries."""
    assert step.retry is not None
    lost = replace(step.retry, on=(RetryOn.LOST,), backoff=1.0) if RetryOn.LOST in step.retry.on else None
    return replace(step, retry=lost, timeout=step.timeout and longest(step.timeout, step.retry))
