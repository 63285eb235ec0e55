"""The states of groups, which are no tasks: from the steps inside and from the group's own condition."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot_expression.runtime.contract import CANCELLED, FAILED, NOT_SELECTED, SKIPPED, SUCCEEDED
from pipeglot_expression.values import ABSENT
from pipeglot_records.model.definitions import Definition, GroupDefinition, StepDefinition
from pipeglot_records.model.facts import Facts
from pipeglot_records.model.run_view import OPEN, PENDING, RUNNING, Outcome, StepRun
from pipeglot_records.model.scope import RecordedValues, Undecidable, decide


def group_outcomes(facts: Facts, definition: Definition, steps: Mapping[str, StepRun]) -> dict[str, Outcome]:
    """Of every group, in the order of the definition."""
    values = RecordedValues(facts, definition, steps)
    found: dict[str, Outcome] = {}
    for group in reversed(definition.groups):  # the inner ones before those around them
        inside = [found[id] if id in found else _seen(steps[id]) for id in group.steps if id in found or id in steps]
        found[group.id] = _outcome(group, inside, values)
    return {group.id: found[group.id] for group in definition.groups}


def _seen(step: StepRun) -> Outcome:
    """How a step counts for the group around it."""
    return Outcome(SKIPPED, derived=True) if step.is_allowed else step.outcome


def _outcome(group: GroupDefinition, inside: list[Outcome], values: RecordedValues) -> Outcome:
    """As of a step whose command all the inner steps are."""
    if any(each.state in OPEN for each in inside) and not any(each.state == FAILED for each in inside):
        state = PENDING if all(each.state == PENDING for each in inside) else RUNNING
        return Outcome(state, derived=True)
    for state in (FAILED, CANCELLED):
        first = next((each for each in inside if each.state == state), None)
        if first is not None:
            return Outcome(state, first.reason, derived=True, message=first.message)
    if inside and all(each.reason == NOT_SELECTED for each in inside):
        return Outcome(SKIPPED, NOT_SELECTED, derived=True)
    return _skipped(group, inside, values) or Outcome(SUCCEEDED, derived=True)


def _skipped(group: GroupDefinition, inside: list[Outcome], values: RecordedValues) -> Outcome | None:
    seen = values.at(StepDefinition(group.id))
    try:
        if group.guard is not None and decide(group.guard, seen) is not True:
            return Outcome(SKIPPED, "upstream-skipped", derived=True)
        verdict = True if group.when is None else decide(group.when, seen)
    except Undecidable:
        # what the record may not hold, the steps inside have seen
        verdict = not inside or any(each.state != SKIPPED for each in inside)
    if verdict is True:
        return None
    return Outcome(SKIPPED, "upstream-skipped" if verdict is ABSENT else "condition-false", derived=True)
