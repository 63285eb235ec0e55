"""Steps half-way: their texts parsed to trees, their references not yet looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Findings
from pipeglot.analysis.expressions.declarations import StepFacts
from pipeglot.analysis.expressions.namespaces import TOP, InGroup
from pipeglot.analysis.expressions.sourced import Written, listed, written
from pipeglot.analysis.fields.outputs import outputs
from pipeglot.analysis.fields.scripts import Prepared, prepare
from pipeglot.analysis.rules import check_step
from pipeglot.diagnostics.sources import Json
from pipeglot.ir import RunIf, Secret, Shell
from pipeglot.spec.merging import Path

if TYPE_CHECKING:
    from pipeglot.spec.schema import models


@dataclass(slots=True)
class Draft:
    """A step with the trees of its fields. `items` is the list of `foreach`; `axes` are those of `matrix`.

    `findings` know its file. `place` is where its names are looked up; `closed`: what it runs sees its inputs alone.
    """

    id: str
    path: tuple[str, str]
    spec: models.Step
    facts: StepFacts
    run_if: RunIf
    findings: Findings
    place: InGroup = TOP
    closed: bool = False
    argv: tuple[Written, ...] = ()
    script: Prepared | None = None
    inputs: dict[str, Written] = field(default_factory=dict[str, Written])
    env: dict[str, Written | Secret] = field(default_factory=dict[str, "Written | Secret"])
    when: Written | None = None
    items: Written | None = None
    axes: dict[str, tuple[Written, ...]] | None = None

    def trees(self) -> Iterator[Written]:
        """Every tree of the step."""
        yield from self.running()
        yield from self.inputs.values()
        yield from self.deciding()

    def running(self) -> Iterator[Written]:
        """The trees of what it runs."""
        yield from self.argv
        if self.script is not None:
            yield from self.script.values
        yield from (value for value in self.env.values() if isinstance(value, Written))

    def deciding(self) -> Iterator[Written]:
        """The trees that say whether and how often it runs."""
        if self.when is not None:
            yield self.when
        if self.items is not None:
            yield self.items
        for axis in (self.axes or {}).values():
            yield from axis

    def steps_read(self) -> Iterator[tuple[str, Written, tuple[int, ...]]]:
        """The ids of steps that its expressions name, with their places."""
        for tree in self.trees():
            for ref, place in tree.references():
                if ref[0] == "steps":
                    yield ref[1], tree, place


def draft(path: tuple[str, str], spec: models.Step, findings: Findings, place: InGroup = TOP) -> Draft:
    group, id = path[0], place.full(path[1])
    check_step(path, spec, findings)
    fan = "foreach" in spec or "matrix" in spec
    facts = StepFacts(id, outputs(spec.get("outputs", {}), (*path, "outputs"), findings), fan, group == "on_exit")
    step = Draft(id, path, spec, facts, RunIf(spec.get("run_if", "success")), findings, place)
    _body(step, findings)
    for name, value in spec.get("inputs", {}).items():
        at = (*path, "inputs", name)
        if isinstance(value, dict):
            step.inputs[name] = _value(cast("models.TypedInput", value)["value"], (*at, "value"), findings)
        else:
            step.inputs[name] = written(value, at, findings)
    for name, entry in spec.get("env", {}).items():
        if isinstance(entry, dict):
            step.env[name] = Secret(entry["secret"], entry["key"])
        else:
            step.env[name] = written(entry, (*path, "env", name), findings)
    if "when" in spec:
        step.when = written(spec["when"], (*path, "when"), findings)
    if "foreach" in spec:
        step.items = _items(spec["foreach"]["items"], (*path, "foreach", "items"), findings)
    elif "matrix" in spec:
        step.axes = {name: _axis(values, (*path, "matrix", name), findings) for name, values in spec["matrix"].items()}
    return step


def _axis(values: list[Json], path: Path, findings: Findings) -> tuple[Written, ...]:
    return tuple(_value(value, (*path, index), findings) for index, value in enumerate(values))


def _items(items: list[Json] | str, path: Path, findings: Findings) -> Written:
    if isinstance(items, str):
        return written(items, path, findings)
    parts = [_value(item, (*path, index), findings) for index, item in enumerate(items)]
    return listed(parts, path)


def _value(value: Json, path: Path, findings: Findings) -> Written:
    """A whole value, which is never null."""
    if value is None:
        findings.say("PG301", "null is no value: it can stand inside a list or a dict only", path)
        return Written(["lit", ""], path, faulty=True)
    return written(value, path, findings)


def _body(step: Draft, findings: Findings) -> None:
    run = step.spec.get("run")
    path = (*step.path, "run")
    if isinstance(run, list):
        step.argv = tuple(written(text, (*path, index), findings) for index, text in enumerate(run))
    elif run is not None:
        step.script = prepare(run, Shell(step.spec.get("shell", "sh")), path, findings)
