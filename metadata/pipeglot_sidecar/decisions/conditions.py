"""Whether a step runs: needs, `run_if`, groups, `when`, what it requires, the items of its fan-out; in that order."""

from __future__ import annotations

from pipeglot_expression.evaluate import AbsentValue as AbsentValue
from pipeglot_expression.evaluate import evaluate_as as evaluate_as
from pipeglot_expression.values import ABSENT
from pipeglot_sidecar.decisions.items import chosen_item, count_items
from pipeglot_sidecar.faults import Skipped, Unstarted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.decisions.scope import Scope
    from pipeglot_sidecar.inputs.reads import Reads
    from pipeglot_sidecar.inputs.step_table import Table


def decide_step(table: Table, scope: Scope, reads: Reads) -> None:
    """Raises `Skipped` where the whole step does not run, `Unstarted` where other engines would not have started it."""
    strict, around = table.step.get("run_if", "success") == "success", table.step.get("around", ())
    heeded: list[str] = [need for need in table.step.get("heeds", ()) if strict or need in around]
    decide(table, scope, reads, "", heeded)


def decide(table: Table, scope: Scope, reads: Reads, each: str, heeded: list[str]) -> None:
    """What is decided once, or for `_each` item: of an item of a group it is about the steps beside it."""
    step = table.step
    check_needs(heeded, reads)
    own = [need for need in table.needs if need not in step.get("around", ())]
    due = step.get("run_if") == "failure" and bool(each) == any(need in table.aligned for need in own)
    if due and not any(reads.was_failed(need) for need in own):
        raise Skipped("condition-false", "`run_if` is `failure`, and nothing that it needs has failed")
    check_guard(step.get("guard" + each), scope)
    if bool(each) == bool(step.get("when_each")):
        check_condition(step.get("when"), scope)
    for ref in step.get("requires" + each, ()):
        if scope.lookup(tuple(ref)) is ABSENT:
            raise absent(tuple(ref))


def decide_items(table: Table, scope: Scope, reads: Reads) -> int:
    """How many items a fan-out has, decided once for all of them."""
    decide_step(table, scope, reads)
    try:
        return count_items(table, scope)
    except AbsentValue as fault:
        raise absent(fault.ref) from None


def decide_item(table: Table, scope: Scope, reads: Reads, index: int | None) -> None:
    """Raises `Skipped` where one item does not run."""
    try:
        chosen_item(table, scope, index)
    except AbsentValue as fault:
        raise absent(fault.ref) from None
    decide(table, scope, reads, "_each", table.step.get("heeds_each", []))


def check_needs(heeded: list[str], reads: Reads) -> None:
    """Of steps that hand on their failure and end well for the engine, or fail in another item: `heeds` names those."""
    for need in heeded:
        if reads.was_failed(need):
            raise Unstarted("upstream-failed", f"`{need}`, which it needs, has failed or was not run")
    for need in heeded:
        if reads.status(need) == "cancelled":
            raise Unstarted("deadline", f"`{need}`, which it needs, was ended by the deadline of the run")


def check_guard(guard: list[Any] | None, scope: Scope) -> None:
    """The conditions of the groups around a step: where they do not hold, it is skipped as by a skipped need."""
    if guard is not None and not _met(guard, scope):
        raise Skipped("upstream-skipped", "the condition of a group around it does not hold")


def check_condition(when: list[Any] | None, scope: Scope) -> None:
    if when is not None and not _met(when, scope):
        raise Skipped("condition-false", "its `when` is false")


def _met(condition: list[Any], scope: Scope) -> bool:
    try:
        return evaluate_as(condition, scope, "bool") is True
    except AbsentValue as fault:
        raise absent(fault.ref) from None


def absent(ref: tuple[str, ...]) -> Skipped:
    return Skipped("upstream-skipped", f"`{'.'.join(ref)}` is absent")
