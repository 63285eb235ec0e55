"""The definition of a run, as `compile` wrote it, read for what a record needs of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from pipeglot.ir import MISSING, Json, Missing, Tree
from pipeglot_expression.values import WireFault, convert
from pipeglot_records.faults import DefinitionFault
from pipeglot_records.model.json_values import mapping, number, read, sequence, text


@dataclass(frozen=True, slots=True)
class Port:
    """A declared input or output. `type` is `artifact` for one."""

    name: str
    type: str
    default: Json | Missing = MISSING
    value: Tree | None = None
    kind: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """`items` is the list of a fan-out; None for a step that runs once."""

    id: str
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    aligned: tuple[str, ...] = ()
    guard: Tree | None = None
    guard_each: Tree | None = None
    when: Tree | None = None
    when_each: bool = False
    run_if: str = "success"
    allow_failure: bool = False
    items: Tree | None = None
    axes: tuple[str, ...] = ()
    fail_fast: bool = False
    requires: tuple[tuple[str, ...], ...] = ()
    on_exit: bool = False

    @property
    def holding(self) -> tuple[str, ...]:
        """Those of its needs whose failure keeps it from starting."""
        strict = self.needs if self.run_if == "success" else self.around
        return tuple(id for id in strict if id not in self.after)

    @property
    def is_fan_out(self) -> bool:
        return self.items is not None

    @property
    def decides_each(self) -> bool:
        """Whether items may be skipped one by one."""
        return self.when_each or self.guard_each is not None or bool(self.aligned)

    def output(self, name: str) -> Port | None:
        return next((port for port in self.outputs if port.name == name), None)


@dataclass(frozen=True, slots=True)
class GroupDefinition:
    """A step that stood for others. `steps` are those right inside, groups too."""

    id: str
    steps: tuple[str, ...]
    guard: Tree | None = None
    when: Tree | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """`steps` in the order of the pipeline, those of `on_exit` last; `groups` with the inner ones last."""

    pipeline: str
    steps: Mapping[str, StepDefinition]
    params: Mapping[str, Json]
    fail_fast: bool = False
    deadline: float | None = None
    groups: tuple[GroupDefinition, ...] = ()
    sensitive: frozenset[str] = frozenset()
    """Params whose values are nowhere shown, not even their defaults."""
    known: bool = True
    """False where nobody registered the definition, and the steps are those that were seen."""

    def shows(self, step: StepDefinition) -> bool:
        """Whether the items of a fan-out may be shown as its list says."""
        return not any(self._hides(ref) for ref in _references(step.items))

    def _hides(self, ref: list[Json]) -> bool:
        match ref:
            case ["ref", "params", str(name)]:
                return name in self.sensitive
            case ["ref", "steps", str(step), "outputs", str(output)]:
                port = self.steps[step].output(output) if step in self.steps else None
                return port is not None and port.sensitive
            case _:
                return False


def _references(tree: Json) -> Iterator[list[Json]]:
    if isinstance(tree, list) and tree and tree[0] != "lit":
        if tree[0] == "ref":
            yield tree
        for part in tree:
            yield from _references(part)


def read_definition(source: str) -> Definition:
    try:
        found = mapping(read(source))
    except ValueError as fault:
        raise DefinitionFault(f"the definition is not JSON: {fault}") from None
    name = text(found.get("pipeline"))
    if name is None:
        raise DefinitionFault("the definition does not name its pipeline")
    entries, last = mapping(found.get("steps")), mapping(found.get("on_exit"))
    order = [step for step in sequence(found.get("order")) if isinstance(step, str) and step in entries]
    ids = [*order, *(step for step in entries if step not in order)]
    steps = [_step(step, mapping(entries[step]), False) for step in ids]
    named = [step for step in sequence(found.get("order")) if isinstance(step, str) and step in last]
    named += [step for step in last if step not in named]
    steps += [_step(step, mapping(last[step]), True) for step in named]
    return Definition(
        pipeline=name,
        steps={step.id: step for step in steps},
        params={key: mapping(entry).get("default") for key, entry in mapping(found.get("params")).items()},
        sensitive=frozenset(
            key for key, entry in mapping(found.get("params")).items() if mapping(entry).get("sensitive") is True
        ),
        fail_fast=found.get("fail_fast") is True,
        deadline=number(found.get("deadline")),
        groups=tuple(sorted(map(_group, mapping(found.get("groups")).items()), key=lambda group: group.id.count("."))),
    )


def seen_definition(pipeline: str, steps: Iterable[str], fanned: frozenset[str]) -> Definition:
    """What stands in for a definition that nobody registered: the steps that left a word."""
    return Definition(
        pipeline=pipeline,
        steps={step: StepDefinition(step, items=["list"] if step in fanned else None) for step in sorted(set(steps))},
        params={},
        known=False,
    )


def _group(item: tuple[str, Json]) -> GroupDefinition:
    entry = mapping(item[1])
    steps = tuple(step for step in sequence(entry.get("steps")) if isinstance(step, str))
    return GroupDefinition(item[0], steps, _tree(entry.get("guard")), _tree(entry.get("when")))


def _step(name: str, entry: Mapping[str, Json], on_exit: bool) -> StepDefinition:
    fan = mapping(entry.get("foreach"))
    return StepDefinition(
        id=name,
        inputs=tuple(_input(key, mapping(port)) for key, port in mapping(entry.get("inputs")).items()),
        outputs=tuple(_output(key, mapping(port)) for key, port in mapping(entry.get("outputs")).items()),
        needs=_path(entry.get("needs")),
        after=_path(entry.get("after")),
        around=_path(entry.get("around")),
        aligned=_path(entry.get("aligned")),
        guard_each=_tree(entry.get("guard_each")),
        guard=_tree(entry.get("guard")),
        when=_tree(entry.get("when")),
        when_each=entry.get("when_each") is True,
        run_if=text(entry.get("run_if")) or "success",
        allow_failure=entry.get("allow_failure") is True,
        items=_tree(fan.get("items")),
        axes=_path(fan.get("axes")),
        fail_fast=fan.get("fail_fast") is True,
        requires=tuple(_path(path) for path in sequence(entry.get("requires"))),
        on_exit=on_exit,
    )


def _input(name: str, entry: Mapping[str, Json]) -> Port:
    return Port(name, text(entry.get("type")) or "any", value=_tree(entry.get("value")))


def _output(name: str, entry: Mapping[str, Json]) -> Port:
    kind = text(entry.get("artifact"))
    return Port(
        name=name,
        type="artifact" if kind else text(entry.get("type")) or "any",
        default=_default(entry),
        kind=kind,
        sensitive=entry.get("sensitive") is True,
    )


def _default(entry: Mapping[str, Json]) -> Json | Missing:
    """As its type has it: 1 is 1.0 where a float is declared."""
    if "default" not in entry:
        return MISSING
    try:
        return cast(Json, convert(entry["default"], text(entry.get("type")) or "any"))
    except WireFault:
        return entry["default"]


def _tree(value: Json) -> Tree | None:
    return value if isinstance(value, list) else None


def _path(value: Json) -> tuple[str, ...]:
    return tuple(part for part in sequence(value) if isinstance(part, str))
