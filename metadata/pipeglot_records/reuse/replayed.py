"""What one step of a recorded run had before it, taken from that run so that it can run again by itself."""

from __future__ import annotations

from pipeglot.ir import Json
from pipeglot_backends.local.taken import Selection as Selection
from pipeglot_backends.local.taken import Taken
from pipeglot_expression.runtime.contract import KEPT
from pipeglot_records.model.json_values import mapping
from pipeglot_records.model.run_view import StepRun
from pipeglot_records.reuse import taking
from pipeglot_records.reuse.past import Past, Unfit


def refuse_unknown(past: Past, step: str, item: int | None) -> None:
    """Raises `Unfit` for what cannot be run by itself."""
    found = past.picture.steps[step]
    if found.definition.on_exit:
        raise Unfit(f"`{step}` is a step of `on_exit`, which is about a whole run", "`pipeglot run` runs it")
    if not past.body:
        hint = "`pipeglot collect --definition definition.json` takes it in"
        raise Unfit(f"the definition of the run `{past.run}` is not in the store `{past.store.place}`", hint)
    if item is not None and found.items is None:
        raise Unfit(f"`{step}` has no items")


def selection(past: Past, step: str, item: int | None) -> Selection:
    """All that the step needs, as it was; whether it was to run is not asked again. Raises `Unfit`."""
    taken, lists, items = dict[tuple[str, "int | None"], Taken](), dict[str, int](), dict[str, "frozenset[int]"]()
    known = taking.details(past.store, past.run)
    steps = past.picture.steps
    needs = [steps[need] for need in steps[step].definition.needs if need in steps]
    for need in needs:
        optional = taking.optional_outputs(mapping(mapping(past.body.get("steps")).get(need.definition.id)))
        for place in [need] if need.items is None else need.kept:
            if place.state in KEPT:
                index = None if place.item is None else int(place.item)
                taken[need.definition.id, index] = _taken(past, place, optional, known)
        if need.items is not None:
            lists[need.definition.id], items[need.definition.id] = len(need.items), frozenset(need.indices)
    if steps[step].items is not None:
        lists[step] = len(steps[step].items or ())
    if item is not None:
        items[step] = frozenset({item})
    there = {step, *(place for place, _ in taken), *(name for name in lists if name != step)}
    asked: dict[str, Json] = {"run": past.run, "replay": step}
    asked |= {} if item is None else {"item": str(item)}
    return Selection(taken, frozenset(set(steps) - there), lists, items, asked)


def _taken(past: Past, place: StepRun, optional: frozenset[str], known: taking.Details) -> Taken:
    try:
        return taking.taken(past.run, place, optional, known)
    except taking.Untaken as why:
        name = place.definition.id if place.item is None else f"{place.definition.id}[{place.item}]"
        raise Unfit(f"`{name}`, which it needs, cannot be taken from the run `{past.run}`: {why}") from None
