"""Lists of fan-outs that are known before the run."""

from __future__ import annotations

from dataclasses import replace

from pipeglot.diagnostics import Diagnostic
from pipeglot.ir import FanOut, Json, Pipeline, Step
from pipeglot_expression.evaluate import AbsentValue, ExpressionFault, evaluate
from pipeglot_expression.trees import is_constant


class _Nothing:
    """The scope of a constant, which reads nothing."""

    def lookup(self, ref: tuple[str, ...]) -> Json:
        raise LookupError(ref)


def lists_literal(pipeline: Pipeline) -> tuple[Pipeline, tuple[Diagnostic, ...]]:
    """`FanOut.literal` holds every list that needs no run to be known, and its tree is that list."""
    found: list[Diagnostic] = []
    steps = tuple(_step(step, found) for step in pipeline.steps)
    on_exit = tuple(_step(step, found) for step in pipeline.on_exit)
    return replace(pipeline, steps=steps, on_exit=on_exit), tuple(found)


def _step(step: Step, found: list[Diagnostic]) -> Step:
    fan = step.fan_out
    if fan is None or not is_constant(fan.items):
        return step
    return replace(step, fan_out=_literal(fan, found))


def _literal(fan: FanOut, found: list[Diagnostic]) -> FanOut:
    try:
        items = evaluate(fan.items, _Nothing())
    except (ExpressionFault, AbsentValue) as fault:
        found.append(Diagnostic("PG307", f"the list of this fan-out cannot be made: {fault}", fan.origin))
        return fan
    if not isinstance(items, list):
        return fan
    return replace(fan, items=["lit", items], literal=tuple(items))
