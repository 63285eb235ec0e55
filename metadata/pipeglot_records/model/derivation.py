"""States for the steps that left no word, once the run is over: from the definition and what others recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeglot.ir import Json
from pipeglot_expression.runtime.contract import CANCELLED, FAILED, SKIPPED, SUCCEEDED, fails_readers, stops_readers
from pipeglot_expression.values import ABSENT, Value
from pipeglot_records.model.definitions import Definition, StepDefinition
from pipeglot_records.model.events import Fields
from pipeglot_records.model.facts import Attempt, Facts, Place, Word
from pipeglot_records.model.groups import group_outcomes
from pipeglot_records.model.json_values import mapping, text
from pipeglot_records.model.run_view import OPEN, OVERDUE, PENDING, RUNNING, UNKNOWN, Outcome, RunView, StepRun, Try
from pipeglot_records.model.scope import RecordedValues, Undecidable, decide, shown_value

SKEW = 5 * 10**9
"""Nanoseconds by which the clocks of the machines of a run may differ."""

LOST = Outcome(FAILED, "lost", derived=True)


@dataclass(slots=True)
class _Run:
    """One run while its steps are settled, in their order."""

    facts: Facts
    definition: Definition
    attempts: Mapping[Place, tuple[Attempt, ...]]
    now: int
    cancelled: bool
    deadline: bool
    indices: Mapping[str, frozenset[int]]
    """Per fan-out, the items that left a word."""
    settled: dict[str, StepRun] = field(default_factory=dict[str, StepRun])
    failed: bool = False

    @property
    def alive(self) -> str:
        return RUNNING if self.now - self.facts.seen <= OVERDUE else UNKNOWN

    @property
    def stopped(self) -> str | None:
        """Why nothing more was started, when something kept the run from going on."""
        if self.cancelled:
            return "run-cancelled"
        if self.deadline:
            return "deadline"
        return "fail-fast" if self.definition.fail_fast and self.failed else None

    def ended_by(self, reason: str | None, at: int) -> str | None:
        """Why the run itself ended what stopped at a time: a sidecar that nobody told takes itself for lost."""
        if reason == "run-cancelled":
            return "deadline" if self.deadline else None
        if reason != LOST.reason:
            return None
        if self.cancelled:
            return "run-cancelled" if at >= (self.facts.cancelled or 0) - SKEW else None
        by_engine = self.facts.end.get("by") == "engine" and self.facts.end.get("reason") == "deadline"
        return "deadline" if by_engine else None

    def values(self, step: StepDefinition, item: Value = ABSENT, index: int | None = None) -> RecordedValues:
        return RecordedValues(self.facts, self.definition, self.settled).at(step, item, index)


def settle(definition: Definition, facts: Facts, now: int) -> RunView:
    """Every step with a state. `now` tells a live run from a silent one, and nothing else."""
    cancelled = _was_cancelled(facts)
    run = _Run(
        facts=facts,
        definition=definition,
        attempts=facts.attempts(),
        now=now,
        cancelled=cancelled,
        deadline=not cancelled and _met_deadline(facts),
        indices=_indices(facts),
    )
    for step in definition.steps.values():
        run.settled[step.id] = found = _fan_out(run, step) if step.is_fan_out else _single(run, step)
        run.failed = run.failed or (found.state == FAILED and not step.allow_failure)
    return RunView(facts, definition, _run_state(run), run.settled, group_outcomes(facts, definition, run.settled))


def _was_cancelled(facts: Facts) -> bool:
    """Whoever asked to cancel may have come too late: what the engine calls succeeded, or failed before that, is so."""
    if facts.ended is None or facts.cancelled is None:
        return facts.cancelled is not None or facts.end.get("state") == CANCELLED
    state = text(facts.end.get("state"))
    return state == CANCELLED or (state == FAILED and facts.cancelled < facts.ended)


def _met_deadline(facts: Facts) -> bool:
    words = (*facts.words.values(), *facts.lists.values())
    return (
        facts.end.get("reason") == "deadline"
        or any(word.reason == "deadline" for word in words)
        or any(attempt.reason == "deadline" for attempt in facts.by_id.values())
    )


def _run_state(run: _Run) -> str:
    if not run.facts.over:
        return run.alive
    if run.cancelled:
        return CANCELLED
    if run.deadline or run.failed:
        return FAILED
    return text(run.facts.end.get("state")) or SUCCEEDED


def _single(run: _Run, step: StepDefinition) -> StepRun:
    tries = _tries(run, (step.id, None))
    outcome = _spoken(run, (step.id, None), tries) or _unspoken(run, step)
    return StepRun(step, None, outcome, tries)


def _tries(run: _Run, place: Place) -> tuple[Try, ...]:
    attempts = run.attempts.get(place, ())
    return tuple(Try(one, _went(run, one, one is attempts[-1])) for one in attempts)


def _went(run: _Run, attempt: Attempt, last: bool) -> Outcome:
    """How an attempt went. One without an end was lost, or stopped with its run, or is still running."""
    state, reason = attempt.state, attempt.reason
    if state is not None:
        ended_by = run.ended_by(reason, attempt.ended or attempt.started) if last else None
        if ended_by:
            return Outcome(CANCELLED, ended_by, derived=True)
        return Outcome(state, reason, message=text(attempt.end.get("message")))
    if not last:
        return LOST
    if not run.facts.over:
        return Outcome(run.alive)
    if run.cancelled or run.deadline:
        return Outcome(CANCELLED, run.stopped, derived=True)
    return LOST


def _spoken(run: _Run, place: Place, tries: tuple[Try, ...]) -> Outcome | None:
    """The last word about a step run: its last attempt's, or a decision that came after it."""
    word = run.facts.words.get(place)
    if tries:
        last = tries[-1].attempt
        if word is None or max(last.started, last.ended or 0) >= word.time:
            return tries[-1].outcome
    return _decided(run, word) if word else None


def _decided(run: _Run, word: Word) -> Outcome:
    ended_by = run.ended_by(word.reason, word.time)
    if ended_by:
        return Outcome(CANCELLED, ended_by, derived=True, message=word.message)
    return Outcome(word.state, word.reason, message=word.message)


def _unspoken(run: _Run, step: StepDefinition) -> Outcome:
    """What must have become of a step that nobody said anything about."""
    if not run.facts.over:
        return Outcome(PENDING)
    needs = [run.settled[need] for need in step.needs if need in run.settled]
    bad = {need.definition.id for need in needs if fails_readers(need.state, need.reason) and not need.is_allowed}
    if bad.intersection(step.holding):
        return Outcome(CANCELLED, "upstream-failed", derived=True)
    held = next((need.reason for need in needs if stops_readers(need.state, need.reason)), None)
    if held:
        return Outcome(CANCELLED, held, derived=True)
    if step.run_if == "failure" and not bad.difference(step.around):
        return Outcome(SKIPPED, "condition-false", derived=True)
    return _skipped(run, step, run.values(step), None if step.when_each else step.when) or _unstarted(run)


def _skipped(run: _Run, step: StepDefinition, values: RecordedValues, when: list[Json] | None) -> Outcome | None:
    """The skip that follows from `when` and from what the step reads, if one does."""
    try:
        if step.guard is not None and decide(step.guard, values) is not True:
            return Outcome(SKIPPED, "upstream-skipped", derived=True)
        if when is not None:
            verdict = decide(when, values)
            if verdict is not True:
                reason = "upstream-skipped" if verdict is ABSENT else "condition-false"
                return Outcome(SKIPPED, reason, derived=True)
        reads: list[list[Json]] = [["ref", *path] for path in step.requires]
        if any(decide(read, values) is ABSENT for read in reads):
            return Outcome(SKIPPED, "upstream-skipped", derived=True)
    except Undecidable:
        # The engine saw what the record may not hold; where it was content, the step was not wanted.
        if run.facts.end.get("state") == SUCCEEDED:
            return Outcome(SKIPPED, "condition-false", derived=True)
    return None


def _unstarted(run: _Run) -> Outcome:
    reason = run.stopped
    return Outcome(CANCELLED, reason, derived=True) if reason else LOST


def _fan_out(run: _Run, step: StepDefinition) -> StepRun:
    whole = run.facts.lists.get(step.id) or run.facts.words.get((step.id, None))
    if whole is not None and whole.state != SUCCEEDED:
        return StepRun(step, None, _decided(run, whole), items=())
    seen = run.indices.get(step.id, frozenset())
    if whole is None and not seen:
        return _unseen(run, step)
    elements = _elements(run, step)
    count = whole.items if whole and whole.items is not None else len(elements) if elements is not None else 0
    count = max(count, max(seen, default=-1) + 1)
    items = _items(run, step, [elements[i] if elements and i < len(elements) else ABSENT for i in range(count)])
    if whole is None and items and _is_one_word(step, items):
        # Without a list task each item says for itself what holds for all of them.
        return StepRun(step, None, items[0].outcome, items=())
    return StepRun(step, None, _together(run, items), items=items)


def _is_one_word(step: StepDefinition, items: tuple[StepRun, ...]) -> bool:
    """Whether all items were skipped, or stopped before they began, as the step would have been where it has a list."""
    if all(item.reason in ("deadline", "run-cancelled") and not item.tries for item in items):
        return True
    return not step.decides_each and all(item.state == SKIPPED for item in items)


def _indices(facts: Facts) -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for step, item in (*facts.words, *((one.step, one.item) for one in facts.by_id.values())):
        if item is not None and item.isdecimal():
            found.setdefault(step, set()).add(int(item))
    return {step: frozenset(indices) for step, indices in found.items()}


def _elements(run: _Run, step: StepDefinition) -> list[Value] | None:
    try:
        found = decide(step.items or [], run.values(step)) if run.definition.known else ABSENT
    except Undecidable:
        return None
    return found if isinstance(found, list) else None


def _unseen(run: _Run, step: StepDefinition) -> StepRun:
    """A fan-out without a word from its list task or any item."""
    outcome = _unspoken(run, step)
    if outcome == LOST and _elements(run, step) == []:
        outcome = Outcome(SUCCEEDED, derived=True)
    return StepRun(step, None, outcome, items=())


def _items(run: _Run, step: StepDefinition, elements: list[Value]) -> tuple[StepRun, ...]:
    """The items; those without a word last, since they may have been held back by a failed one."""
    places: list[Place] = [(step.id, str(index)) for index in range(len(elements))]
    tries = [_tries(run, place) for place in places]
    spoken = [_spoken(run, place, tries[index]) for index, place in enumerate(places)]
    held = step.fail_fast and any(outcome and outcome.state == FAILED for outcome in spoken)
    return tuple(
        StepRun(
            step,
            str(index),
            spoken[index] or _unspoken_item(run, step, element, index, held),
            tries[index],
            value=_value(run, step, index, element),
        )
        for index, element in enumerate(elements)
    )


def _value(run: _Run, step: StepDefinition, index: int, element: Value) -> Fields:
    """What the item is: as its sidecar saw it; of one that was not started, as its list says."""
    place = (step.id, str(index))
    word = run.facts.words.get(place)
    values: list[Fields] = [mapping(each.start.get("item_value")) for each in run.attempts.get(place, ())]
    said = next((each for each in (*values, *([word.item_value] if word else [])) if each), None)
    if said is not None:
        return said
    if not run.definition.shows(step):
        return {"redacted": True}
    if step.axes and isinstance(element, dict):
        element = {name: element[name] for name in step.axes if name in element}
    return {} if element is ABSENT else shown_value(element)


def _unspoken_item(run: _Run, step: StepDefinition, element: Value, index: int, held: bool) -> Outcome:
    if not run.facts.over:
        return Outcome(PENDING)
    values, when = run.values(step, element, index), step.when if step.when_each else None
    skipped = _skipped(run, replace(step, guard=step.guard_each), values, when) if when or step.guard_each else None
    if skipped:
        return skipped
    return Outcome(CANCELLED, "fail-fast", derived=True) if held else _unstarted(run)


def _together(run: _Run, items: tuple[StepRun, ...]) -> Outcome:
    """The state of a fan-out: its first failed item's reason, once all have ended."""
    if any(item.state in OPEN for item in items):
        return Outcome(run.alive)
    for state in (FAILED, CANCELLED):
        found = next((item for item in items if item.state == state), None)
        if found:
            return Outcome(state, found.reason, message=found.outcome.message)
    return Outcome(SUCCEEDED)
