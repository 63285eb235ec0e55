"""Which steps of an earlier run still stand for those of a run to come: the same definition, the same values read.

What an earlier run left of a step holds where the step's own part of the definition is the same (but for what cannot
change an output), the params that it reads have the values that they had, and all that it needs holds too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeglot.ir import Json
from pipeglot_expression.runtime.contract import KEPT, NOT_SELECTED, SKIPPED
from pipeglot_records.model.definitions import Definition
from pipeglot_records.model.json_values import mapping, sequence, text
from pipeglot_records.model.run_view import RunView, StepRun

NO_MATTER = frozenset({"timeout", "retry", "resources"})
"""Of a step's definition what cannot change what it makes."""


@dataclass(slots=True)
class Validity:
    """`before` and `now` are the steps of two definitions as `compile` wrote them, `changed` says why of params."""

    picture: RunView
    definition: Definition
    before: Mapping[str, Json]
    now: Mapping[str, Json]
    changed: Mapping[str, str]
    _known: dict[str, str | None] = field(default_factory=dict[str, "str | None"])

    def fault(self, step: str) -> str | None:
        """Why what the run left of a step does not stand for it; None where it does, also where it was skipped."""
        for each in self._to_ask(step):
            self._known[each] = self._fault(each)
        return self._known[step]

    def _to_ask(self, step: str) -> Iterator[str]:
        """Those not yet asked, each after all that it needs."""
        waiting, seen = [(step, False)], set[str]()
        while waiting:
            each, asked = waiting.pop()
            if asked:
                yield each
            elif each not in self._known and each not in seen:
                seen.add(each)
                waiting.append((each, True))
                waiting += [(need, False) for need in self.definition.steps[each].needs]

    def _fault(self, step: str) -> str | None:
        own = self.own_fault(step)
        if own is not None:
            return own
        return _was(self.picture.steps[step]) or self._needs(step, None)

    def own_fault(self, step: str) -> str | None:
        """The same, by its own definition and params alone."""
        if step not in self.before or step not in self.picture.steps:
            return "it is not in that run"
        if _matters(self.before[step]) != _matters(self.now[step]):
            return "its definition is another one"
        return next((self.changed[name] for name in _params(self.now[step]) if name in self.changed), None)

    def _needs(self, step: str, item: int | None) -> str | None:
        entry = self.definition.steps[step]
        for need in entry.needs:
            if item is not None and need in entry.aligned:
                fault = self.item_fault(need, item)
            else:
                fault = self.fault(need)
            if fault is not None:
                return f"`{need}`, which it needs, does not stand: {fault}" if "`" not in fault else fault
        return None

    def item_fault(self, step: str, index: int) -> str | None:
        """Why what the run left of one item does not stand for it."""
        item = self.item(step, index)
        if item is None:
            return "it is not in that run"
        return _was(item) or self.own_fault(step) or self._needs(step, index)

    def item(self, step: str, index: int) -> StepRun | None:
        items = self.picture.steps[step].items if step in self.picture.steps else None
        return items[index] if items and index < len(items) else None


def _was(run: StepRun) -> str | None:
    """Why a state does not stand; a skip follows from what the step reads, and comes about again."""
    if run.state in KEPT or (run.state == SKIPPED and run.reason != NOT_SELECTED):
        return None
    return f"it was {run.state}" if run.reason is None else f"it was {run.state} ({run.reason})"


def _matters(entry: Json) -> Mapping[str, Json]:
    return {key: value for key, value in mapping(entry).items() if key not in NO_MATTER}


def _params(entry: Json) -> Iterator[str]:
    for read in sequence(mapping(entry).get("reads")):
        kind, _, name = (text(mapping(read).get("slot")) or "").partition(".")
        if kind == "params":
            yield name


def changed_params(
    then: Mapping[str, Json], now: Mapping[str, Json], types: tuple[Mapping[str, Json], Mapping[str, Json]]
) -> dict[str, str]:
    """Why a value is not the one that a run had: `then` and `now` as events hold them, `types` of both definitions."""
    found: dict[str, str] = {}
    for name, entry in now.items():
        before, value = mapping(then.get(name)), mapping(entry)
        one, other = (mapping(some.get(name)).get("type") for some in types)
        if "value" not in before or "value" not in value or set(mapping(before["value"])) == {"cut", "size"}:
            found[name] = f"it reads `{name}`, whose value the record does not hold"
        elif before["value"] != value["value"] or type(before["value"]) is not type(value["value"]) or one != other:
            found[name] = f"it reads `{name}`, which is another value than in that run"
    return found
