"""Values for the expressions of a definition, taken from what a run recorded."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.ir import Json, Missing
from pipeglot_expression.evaluate import AbsentValue, ExpressionFault, evaluate
from pipeglot_expression.runtime.contract import CANCELLED, FAILED, KEPT, SKIPPED, SUCCEEDED
from pipeglot_expression.values import ABSENT, Artifact, Value
from pipeglot_records.model.definitions import Definition, Port, StepDefinition
from pipeglot_records.model.events import Fields
from pipeglot_records.model.facts import Facts
from pipeglot_records.model.json_values import mapping
from pipeglot_records.model.run_view import OPEN, StepRun


class Undecidable(Exception):
    """The record does not hold a value that the expression needs: it was redacted, or is the engine's alone."""


class RecordedValues:
    """A scope for `evaluate`. `settled` are the steps that already have a state: all that the step may read."""

    def __init__(self, facts: Facts, definition: Definition, settled: Mapping[str, StepRun]) -> None:
        given = {name: mapping(entry) for name, entry in mapping(facts.head.get("params")).items()}
        self._params = {name: {"value": value} for name, value in definition.params.items()} | given
        self._pipeline = definition.pipeline
        self._settled = settled
        self._asked_to_stop = facts.cancelled is not None
        self._step: StepDefinition | None = None
        self._item: Value = ABSENT
        self._index: int | None = None

    def at(self, step: StepDefinition, item: Value = ABSENT, index: int | None = None) -> RecordedValues:
        """The same values as one step, or one item of it, sees them."""
        found = RecordedValues.__new__(RecordedValues)
        found._params, found._pipeline, found._settled = self._params, self._pipeline, self._settled
        found._asked_to_stop = self._asked_to_stop
        found._step, found._item, found._index = step, item, index
        return found

    def lookup(self, ref: tuple[str, ...]) -> Value:  # noqa: C901  # a table, as a match
        match ref:
            case ("params", name):
                return _shown(self._params.get(name, {}))
            case ("steps", name, "outputs", output):
                return self._output(name, output)
            case ("steps", name, "status"):
                source = self._source(name)
                return (SUCCEEDED if source.state in KEPT else source.state) if source else ABSENT
            case ("steps", name, "indices"):
                return list(self._settled[name].indices) if name in self._settled else ABSENT
            case ("run", "status"):
                return self._run_status()
            case ("inputs", name):
                return self._input(name)
            case ("pipeline", "name"):
                return self._pipeline
            case ("item",) if self._item is not ABSENT:
                return self._item
            case ("index",) if self._index is not None:
                return self._index
            case _:
                raise Undecidable(".".join(ref))

    def _input(self, name: str) -> Value:
        ports = self._step.inputs if self._step else ()
        port = next((port for port in ports if port.name == name), None)
        if port is None or port.value is None:
            raise Undecidable(f"inputs.{name}")
        return evaluate(port.value, self)

    def _run_status(self) -> Value:
        """As steps of `on_exit` see it, once all others are over."""
        others = [step for step in self._settled.values() if not step.definition.on_exit]
        if self._asked_to_stop or any(step.state in OPEN for step in others):
            raise Undecidable("run.status")
        bad = (step for step in others if step.state in (FAILED, CANCELLED) and not step.is_allowed)
        return FAILED if any(bad) else SUCCEEDED

    def _source(self, name: str) -> StepRun | None:
        """What is read: of a step in the same item of a group that item."""
        found = self._settled.get(name)
        if found is None or self._index is None or self._step is None or name not in self._step.aligned:
            return found
        items = found.items or ()
        return items[self._index] if self._index < len(items) else found

    def _output(self, name: str, output: str) -> Value:
        source = self._source(name)
        port = source.definition.output(output) if source else None
        if source is None or port is None:
            return ABSENT
        if source.item is not None or not source.definition.is_fan_out:
            return _recorded(source, port)
        if source.state == SKIPPED or source.is_allowed:
            return _default(port.default)
        if source.state not in KEPT:
            return ABSENT
        return [_recorded(item, port) for item in source.kept]


def _recorded(source: StepRun, port: Port) -> Value:
    """What one step, or one item, handed on under this name."""
    entry = source.last.outputs.get(port.name) if source.last and source.state in KEPT else None
    if entry is None:
        return _default(port.default)
    if "digest" in entry:
        return Artifact(port.name, f"{source.definition.id}.{port.name}")
    return _shown(entry)


def _default(value: Json | Missing) -> Value:
    return ABSENT if value is None or isinstance(value, Missing) else value


def _shown(entry: Fields) -> Value:
    """The value of `{"value": v}`; of a redacted one nothing can be said."""
    if entry.get("redacted") is True:
        raise Undecidable("a redacted value")
    return _default(entry.get("value"))


def shown_value(value: Value) -> Fields:
    """As an event holds it; nothing of what has artifacts in it, of which only their path is known here."""
    plain = _plain(value)
    return {} if plain is None else {"value": plain}


def _plain(value: Value) -> Json:
    if isinstance(value, list):
        parts = [_plain(part) for part in value]
        return None if None in parts else parts
    if isinstance(value, dict):
        named = {key: _plain(part) for key, part in value.items()}
        return None if None in named.values() else named
    return value if isinstance(value, bool | int | float | str) else None


def decide(tree: list[Json], scope: RecordedValues) -> Value:
    """The expression's value; `ABSENT` when it reads something absent. Raises `Undecidable`, also for a fault in it."""
    try:
        return evaluate(tree, scope)
    except AbsentValue:
        return ABSENT
    except ExpressionFault as fault:
        raise Undecidable(fault.message) from None
