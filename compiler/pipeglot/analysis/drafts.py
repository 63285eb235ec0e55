"""Steps half-way: their texts parsed to trees, their references not yet looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.declarations import Fanned as Fanned
from pipeglot.analysis.expressions.declarations import StepDeclaration
from pipeglot.analysis.expressions.namespaces import TOP, Namespace
from pipeglot.analysis.expressions.sourced import SourcedTree, listed, sourced
from pipeglot.analysis.fields.outputs import outputs
from pipeglot.analysis.fields.scripts import Prepared, prepare
from pipeglot.analysis.rules import check_step
from pipeglot.analysis.sizes import check_argument, check_input
from pipeglot.diagnostics.sources import Json
from pipeglot.ir import ConfigKey, Outside, PodField, RunIf, Secret, Shell, Tree
from pipeglot.spec.merging import Path

if TYPE_CHECKING:
    from pipeglot.spec.schema import models


@dataclass(slots=True)
class Draft:
    """A step with the trees of its fields. `items` is the list of `foreach`; `axes` are those of `matrix`.

    `collector` knows its file, `namespace` is where its names are looked up;
    `closed`: what it runs sees its inputs alone.
    """

    id: str
    path: tuple[str, str]
    spec: models.Step
    declaration: StepDeclaration
    run_if: RunIf
    collector: Collector
    namespace: Namespace = TOP
    closed: bool = False
    argv: tuple[SourcedTree, ...] = ()
    script: Prepared | None = None
    inputs: dict[str, SourcedTree] = field(default_factory=dict[str, SourcedTree])
    env: dict[str, SourcedTree | Outside] = field(default_factory=dict[str, "SourcedTree | Outside"])
    key: SourcedTree | None = None
    when: SourcedTree | None = None
    items: SourcedTree | None = None
    axes: dict[str, SourcedTree] | None = None
    fanned: Fanned | None = None

    def trees(self) -> Iterator[SourcedTree]:
        """Every tree of the step."""
        yield from self.running()
        yield from self.inputs.values()
        yield from self.deciding()

    def running(self) -> Iterator[SourcedTree]:
        """The trees of what it runs."""
        yield from self.argv
        if self.script is not None:
            yield from self.script.values
        yield from (value for value in self.env.values() if isinstance(value, SourcedTree))
        if self.key is not None:
            yield self.key

    def deciding(self) -> Iterator[SourcedTree]:
        """The trees that say whether and how often it runs."""
        if self.when is not None:
            yield self.when
        if self.items is not None:
            yield self.items
        yield from (self.axes or {}).values()

    def steps_read(self) -> Iterator[tuple[str, SourcedTree, tuple[int, ...]]]:
        """The ids of steps that its expressions name, with their places."""
        for tree in self.trees():
            for ref, at in tree.references():
                if ref[0] == "steps":
                    yield ref[1], tree, at


@dataclass(frozen=True, slots=True)
class Around:
    """What groups ask of a step inside: that `guard` is true. Of what they wait for, `free` may have failed.

    `guard_each` is asked of each item of a fanned-out group; `partial`: not of every step of the group.
    """

    guard: Tree | None = None
    free: frozenset[str] = frozenset()
    awaited: frozenset[str] = frozenset()
    guard_each: Tree | None = None
    partial: bool = False


NOTHING_AROUND = Around()


def draft(path: tuple[str, str], spec: models.Step, collector: Collector, namespace: Namespace = TOP) -> Draft:
    group, id = path[0], namespace.full(path[1])
    check_step(path, spec, collector)
    fan = "foreach" in spec or "matrix" in spec
    declaration = StepDeclaration(id, outputs(spec, path, collector), fan, group == "on_exit")
    step = Draft(id, path, spec, declaration, RunIf(spec.get("run_if", "success")), collector, namespace)
    _body(step, collector)
    for name, value in spec.get("inputs", {}).items():
        at = (*path, "inputs", name)
        if isinstance(value, dict):
            field = "uri" if "uri" in value else "value"
            step.inputs[name] = _value(cast("dict[str, Json]", value)[field], (*at, field), collector)
        else:
            step.inputs[name] = sourced(value, at, collector)
        check_input(step.inputs[name], f"input `{name}`", collector)
    for name, entry in spec.get("env", {}).items():
        if isinstance(entry, dict):
            step.env[name] = _outside(cast("Mapping[str, str]", entry))
        else:
            step.env[name] = text = sourced(entry, (*path, "env", name), collector)
            check_argument(text, f"`{name}`", collector)
    cache = spec.get("cache")
    if cache and "key" in cache and cache.get("enabled", True):
        step.key = sourced(cache["key"], (*path, "cache", "key"), collector)
    if "when" in spec:
        step.when = sourced(spec["when"], (*path, "when"), collector)
    step.items, step.axes = listing(path, spec, collector)
    return step


def listing(
    path: tuple[str, str], spec: models.Step, collector: Collector
) -> tuple[SourcedTree | None, dict[str, SourcedTree] | None]:
    """The list of `foreach`, or the axes of `matrix`."""
    if "foreach" in spec:
        return _items(spec["foreach"]["items"], (*path, "foreach", "items"), collector), None
    if "matrix" not in spec:
        return None, None
    return None, {name: _items(values, (*path, "matrix", name), collector) for name, values in spec["matrix"].items()}


def _outside(entry: Mapping[str, str]) -> Outside:
    if "field" in entry:
        return PodField(entry["field"])
    kind, name = (Secret, "secret") if "secret" in entry else (ConfigKey, "config_map")
    return kind(entry[name], entry["key"], bool(entry.get("optional", False)))


def _items(items: list[Json] | str, path: Path, collector: Collector) -> SourcedTree:
    if isinstance(items, str):
        return sourced(items, path, collector)
    found = [_value(value, (*path, index), collector) for index, value in enumerate(items)]
    for each in found:
        check_input(each, "this item", collector)
    return listed(found, path)


def _value(value: Json, path: Path, collector: Collector) -> SourcedTree:
    """A whole value, which is never null."""
    if value is None:
        collector.report("PG301", "null is no value: it can stand inside a list or a dict only", path)
        return SourcedTree(["lit", ""], path, faulty=True)
    return sourced(value, path, collector)


def _body(step: Draft, collector: Collector) -> None:
    run = step.spec.get("run")
    path = (*step.path, "run")
    if isinstance(run, list):
        step.argv = tuple(sourced(text, (*path, index), collector) for index, text in enumerate(run))
        for argument in step.argv:
            check_argument(argument, "this argument", collector)
    elif run is not None:
        step.script = prepare(run, Shell(step.spec.get("shell", "sh")), path, collector)
