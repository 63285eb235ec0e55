"""A run's result as one JSON value, for programs."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.ir import Json
from pipeglot_backends.local.engine.outcomes import Outcome
from pipeglot_backends.local.run import RunResult


def summary(result: RunResult) -> dict[str, Json]:
    return {
        "run": result.run_id,
        "pipeline": result.pipeline,
        "state": result.state,
        "seconds": round(result.seconds, 3),
        "folder": str(result.folder),
        "steps": {step: _step(outcome, result.items.get(step, {})) for step, outcome in result.steps.items()},
    }


def _step(outcome: Outcome, items: Mapping[int, Outcome]) -> dict[str, Json]:
    fields = _outcome(outcome)
    if items:
        fields["items"] = [_outcome(items[index]) for index in sorted(items)]
    return fields


def _outcome(outcome: Outcome) -> dict[str, Json]:
    fields: dict[str, Json] = {"state": outcome.state.value}
    if outcome.reason:
        fields["reason"] = outcome.reason
    return fields
