"""An earlier run held against the pipeline as it is now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipeglot.ir import Json
from pipeglot_backends.local.taken import Taken
from pipeglot_records.model.definitions import Definition, read_definition
from pipeglot_records.model.json_values import mapping, read
from pipeglot_records.reuse import taking
from pipeglot_records.reuse.past import Past
from pipeglot_records.reuse.validity import Validity, changed_params


@dataclass(frozen=True, slots=True)
class Earlier:
    """`steps` and `definition` are those of the pipeline now, `told` what has changed since."""

    past: Past
    definition: Definition
    steps: Mapping[str, Json]
    validity: Validity
    known: taking.Details
    notes: tuple[str, ...]

    def taken(self, step: str, index: int | None) -> Taken:
        """Raises `taking.Untaken`."""
        place = self.past.picture.steps[step] if index is None else self.validity.item(step, index)
        if place is None:
            raise taking.Untaken("it is not in that run")
        return taking.taken(self.past.run, place, taking.optional_outputs(mapping(self.steps[step])), self.known)


def order_of(definition: str) -> dict[str, tuple[str, ...]]:
    """The steps of a pipeline, but those of `on_exit`, each after all that it needs, with these."""
    return {step.id: step.needs for step in read_definition(definition).steps.values() if not step.on_exit}


def held_against(past: Past, definition: str, params: Mapping[str, Json]) -> Earlier:
    """`definition` is the text that `compile` wrote of the pipeline now, `params` as events hold them."""
    now = mapping(read(definition))
    changed = changed_params(past.given, params, (mapping(past.body.get("params")), mapping(now.get("params"))))
    read_now, steps = read_definition(definition), mapping(now.get("steps"))
    validity = Validity(past.picture, read_now, mapping(past.body.get("steps")), steps, changed)
    notes = [
        f"  {name} is {_shown(params[name])}, and was {_shown(past.given[name])}"
        for name in changed
        if name in past.given and past.given[name] != params[name]
    ]
    if now != past.body:
        notes.append("  the pipeline has changed since: what is defined otherwise, and what needs that, is not taken")
    return Earlier(past, read_now, steps, validity, taking.details(past.store, past.run), tuple(notes))


def _shown(entry: Json) -> str:
    found = mapping(entry)
    return json.dumps(found["value"]) if "value" in found else "not shown"
