"""Whether a step runs: `run_if`, `when`, what it requires, the items it is fanned out over; in that order."""

from __future__ import annotations

from pipeglot_expression.evaluate import AbsentValue, evaluate_as
from pipeglot_expression.values import ABSENT
from pipeglot_sidecar.faults import Skipped
from pipeglot_sidecar.scope import chosen_item, fan_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.reads import Reads
    from pipeglot_sidecar.scope import Scope
    from pipeglot_sidecar.table import Table


def decide_step(table: Table, scope: Scope, reads: Reads) -> None:
    """Raises `Skipped` where the whole step does not run."""
    if table.step.get("run_if") == "failure" and not any(reads.was_failed(need) for need in table.needs):
        raise Skipped("condition-false", "`run_if` is `failure`, and nothing that it needs has failed")
    if not table.step.get("when_each"):
        check_condition(table.step.get("when"), scope)
    for ref in table.step.get("requires", ()):
        if scope.lookup(tuple(ref)) is ABSENT:
            raise absent(tuple(ref))


def decide_items(table: Table, scope: Scope, reads: Reads) -> list[Value]:
    """The items of a fan-out, decided once for all of them."""
    decide_step(table, scope, reads)
    try:
        return fan_items(table, scope)
    except AbsentValue as fault:
        raise absent(fault.ref) from None


def decide_item(table: Table, scope: Scope, index: int | None) -> None:
    """Raises `Skipped` where one item does not run."""
    try:
        chosen_item(table, scope, index)
    except AbsentValue as fault:
        raise absent(fault.ref) from None
    if table.step.get("when_each"):
        check_condition(table.step.get("when"), scope)


def check_condition(when: list[Any] | None, scope: Scope) -> None:
    if when is None:
        return
    try:
        met = evaluate_as(when, scope, "bool")
    except AbsentValue as fault:
        raise absent(fault.ref) from None
    if not met:
        raise Skipped("condition-false", "its `when` is false")


def absent(ref: tuple[str, ...]) -> Skipped:
    return Skipped("upstream-skipped", f"`{'.'.join(ref)}` is absent")
