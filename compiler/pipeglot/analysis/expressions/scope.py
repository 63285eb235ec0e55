"""What an expression can read where it stands, and what is said when it cannot."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pipeglot.analysis.expressions.declarations import Declarations, StepDeclaration, reading_type
from pipeglot.analysis.expressions.namespaces import namespace_of
from pipeglot.ir import MISSING, Json, RunIf
from pipeglot_expression.check import Absence, Reading, Unreadable, type_of
from pipeglot_expression.types import INT, STRING, UNKNOWN, Type, fits, list_of, parse_type


class Where(enum.Enum):
    """The fields in which expressions may stand."""

    RUN = "run"
    ENV = "env"
    INPUTS = "inputs"
    WHEN = "when"
    ITEMS = "foreach.items"
    MATRIX = "matrix"
    KEY = "cache.key"


_RUNNING = frozenset((Where.RUN, Where.ENV))
_BEFORE_ITEMS = frozenset((Where.ITEMS, Where.MATRIX))
_DECIDING = frozenset((Where.ITEMS, Where.MATRIX, Where.WHEN))
_RUN_FIELDS = {"id": STRING, "scheduled_time": STRING, "attempt": INT}
_EXIT_FIELDS = {"status": STRING, "failed_steps": list_of(STRING)}


@dataclass(slots=True)
class StepScope:
    """The scope of one step; `where` moves from field to field. Answers `pipeglot_expression.check`."""

    declarations: Declarations
    step: StepDeclaration
    run_if: RunIf = RunIf.SUCCESS
    inputs: dict[str, tuple[Type, Absence]] = field(default_factory=dict[str, tuple[Type, Absence]])
    item: Type | None = None
    axes: dict[str, Type] | None = None
    where: Where = Where.RUN

    def resolve(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        return _READ[ref[0]](self, ref)

    @property
    def _who(self) -> str:
        """Whose expressions these are: those of a component's own outputs are no step's."""
        return "the component" if self.step.id.endswith(".") else f"step `{self.step.id}`"

    def param(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        found = self.declarations.params.get(ref[1])
        if ref[1] in self.declarations.unknown_params:
            return Reading(UNKNOWN)
        if found is None:
            return Unreadable(f"the pipeline has no param `{ref[1]}`", tuple(self.declarations.params))
        return Reading(parse_type(found.type))

    def input(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        if self.where is Where.INPUTS:
            return Unreadable(f"an input cannot read another input, and here is `{'.'.join(ref)}`")
        found = self.inputs.get(ref[1])
        if found is None:
            return Unreadable(f"{self._who} has no input `{ref[1]}`", tuple(self.inputs))
        return Reading(*found)

    def output(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        if self.where not in _RUNNING:
            message = f"`{'.'.join(ref)}` is the path to write to, which is known in `run` and `env` only"
            return Unreadable(message)
        if ref[1] not in self.step.outputs:
            return Unreadable(f"{self._who} has no output `{ref[1]}`", tuple(self.step.outputs))
        return Reading(STRING)

    def of_item(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        if self.item is None or self.where in _BEFORE_ITEMS:
            return Unreadable(self._no_fan_out(ref[0]))
        if self.axes is not None and ref[0] == "item":
            return Unreadable("`item` belongs to `foreach`; with `matrix` read `matrix.NAME`")
        return Reading(INT if ref[0] == "index" else self.item)

    def axis(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        if self.axes is None or self.where in _BEFORE_ITEMS:
            return Unreadable(self._no_fan_out("matrix"))
        found = self.axes.get(ref[1])
        if found is None:
            return Unreadable(f"the matrix of `{self.step.id}` has no `{ref[1]}`", tuple(self.axes))
        return Reading(found)

    def _no_fan_out(self, name: str) -> str:
        if self.where in _BEFORE_ITEMS and self.item is not None:
            return f"`{name}` is known within the fan-out only, and here its list is made"
        wanted = "`matrix`" if name == "matrix" else "`foreach`" if name == "item" else "`foreach` or `matrix`"
        return f"`{name}` is there with {wanted} only, and `{self.step.id}` has none"

    def run(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        name = ref[1]
        if name in _EXIT_FIELDS:
            if not self.step.in_exit:
                return Unreadable(f"`run.{name}` is known once the steps are over: in `on_exit` only")
            return Reading(_EXIT_FIELDS[name])
        if name == "attempt" and self.where in _DECIDING:
            return Unreadable(f"`run.attempt` counts the tries of a step, and `{self.where.value}` is decided before")
        return Reading(_RUN_FIELDS[name], Absence.FAILURE if name == "scheduled_time" else Absence.NEVER)

    def pipeline(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        return Reading(STRING)

    def of_step(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        source = self.declarations.steps.get(ref[1])
        if source is None:
            return self._no_step(ref)
        if source.unknown:
            return Reading(UNKNOWN)
        if source is self.step:
            return Unreadable(f"step `{ref[1]}` reads itself", hint=_own(ref))
        if source.in_exit and not self._is_with(source):
            return Unreadable(f"`{ref[1]}` is a step of `on_exit`, and those are not read")
        if ref[2] == "status":
            return Reading(STRING)
        if ref[2] == "indices":
            if not source.fan or source.is_beside(self.step.id):
                return Unreadable(f"`{ref[1]}` is no fan-out, so it has no `indices`")
            return self._gapped(ref) if source.gaps else Reading(list_of(INT), self._absence(source))
        return self._step_output(ref, source)

    def _is_with(self, source: StepDeclaration) -> bool:
        """Whether both stand in one group of `on_exit`."""
        group, dot, _ = source.id.partition(".")
        return bool(dot) and self.step.id.startswith(f"{group}.")

    def _no_step(self, ref: tuple[str, ...]) -> Unreadable:
        place = namespace_of(self.step.id)
        name = place.local(ref[1]) or ref[1]
        return Unreadable(f"the {'component' if place.group else 'pipeline'} has no step `{name}`", likely=name)

    def names(self, ref: tuple[str, ...]) -> Iterable[str]:
        """Those that could stand in a reference that leads nowhere, in the place of its wrong one."""
        if ref[0] == "params":
            return self.declarations.params
        if ref[0] == "inputs":
            return self.inputs
        source = self.declarations.steps.get(ref[1]) if ref[0] == "steps" else self.step
        if source is None:
            return filter(None, map(namespace_of(self.step.id).local, self.declarations.steps))
        return (self.axes or {}) if ref[0] == "matrix" else source.outputs

    def _step_output(self, ref: tuple[str, ...], source: StepDeclaration) -> Reading | Unreadable:
        output = source.outputs.get(ref[3])
        if output is None:
            message = f"{self._who} reads `{ref[1]}.{ref[3]}`, but `{ref[1]}` has no such output"
            return Unreadable(message, tuple(source.outputs))
        fan = source.fan and not source.is_beside(self.step.id)
        type = reading_type(output, fan)
        if source.gaps and fan:
            return self._gapped(ref)
        if output.default is not MISSING:
            return self._defaulted(ref, source, output.default, type) if fan else Reading(type)
        if output.optional and fan:
            message = f"`{ref[3]}` of the fan-out `{ref[1]}` is optional, so its list would have gaps"
            return Unreadable(message, hint=f"give the output `{ref[3]}` a `default`")
        return Reading(type, Absence.FAILURE if output.optional else self._absence(source))

    def _gapped(self, ref: tuple[str, ...]) -> Unreadable:
        message = f"`{ref[1]}` may be skipped in an item of its group, so the list of `{ref[-1]}` would have gaps"
        return Unreadable(message, hint="let a step inside read it with `default(…)`, and name that one's output")

    def _defaulted(
        self, ref: tuple[str, ...], source: StepDeclaration, default: Json, type: Type
    ) -> Reading | Unreadable:
        """A default stands for an element, and for the whole output where a fan-out as such has none."""
        whole = self._absence(source) is not Absence.NEVER
        if whole and not fits(type_of(default), type):
            message = (
                f"the default of `{ref[3]}` stands for the whole list where `{ref[1]}` was skipped, and is no list"
            )
            return Unreadable(message, hint=None)
        return Reading(type)

    def _absence(self, source: StepDeclaration) -> Absence:
        if (self.step.in_exit and not source.in_exit) or self.run_if is not RunIf.SUCCESS:
            return Absence.FAILURE
        by_item = source.gaps and source.is_beside(self.step.id)
        return Absence.SKIP if source.can_skip or by_item else Absence.NEVER


def _own(ref: tuple[str, ...]) -> str | None:
    return f"`outputs.{ref[3]}` is the path to write to" if ref[2] == "outputs" else None


_READ: dict[str, Callable[[StepScope, tuple[str, ...]], Reading | Unreadable]] = {
    "params": StepScope.param,
    "steps": StepScope.of_step,
    "inputs": StepScope.input,
    "outputs": StepScope.output,
    "item": StepScope.of_item,
    "index": StepScope.of_item,
    "matrix": StepScope.axis,
    "run": StepScope.run,
    "pipeline": StepScope.pipeline,
}
