"""Every step of a pipeline as a draft, those of the components that it uses too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.drafts import Draft, draft, listing
from pipeglot.analysis.expressions.declarations import StepDeclaration
from pipeglot.analysis.expressions.namespaces import TOP, Namespace
from pipeglot.analysis.expressions.sourced import SourcedTree, sourced
from pipeglot.analysis.groups.substitution import GroupDraft
from pipeglot.analysis.groups.uses import check_fields, check_given, component_step, too_many
from pipeglot.analysis.rules import check_exit, check_fan_out, check_names
from pipeglot.analysis.secrecy import check_param
from pipeglot.analysis.sizes import check_input
from pipeglot.diagnostics.sources import Json
from pipeglot.spec.checking import Checked, check
from pipeglot.spec.merging import Merged, with_defaults
from pipeglot.spec.schema import reserved
from pipeglot.spec.schema.tags import COMPONENT, PIPELINE, document_tag
from pipeglot.spec.uses import Uses, is_path
from pipeglot.spec.uses import component as component_of

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

_OF_RUNS = ("on_exit", "deadline", "max_parallel", "fail_fast")
"""What a pipeline says of its own runs, and cannot say of those of another."""
LONGEST_ID = 230
"""Of a step inside groups: its record is a file of that name, with item, try and ending, and file systems take 255."""


class Expansion:
    """`declarations` holds every step, in written order: one that uses steps stands for them in their place."""

    def __init__(self, uses: Uses, lone: bool = False, made: int = 0) -> None:
        """`lone`: a component is looked at without a use of it, so nothing is said of what it is not given. Others have
        `made` steps then.
        """
        self.uses = uses
        self.lone = lone
        self._made = made
        self._way: list[str] = []
        self._many = False
        self.named: set[str] = set()
        """The names of `components` that steps use."""
        self.drafts: dict[str, Draft] = {}
        self.groups: dict[str, GroupDraft] = {}
        self.declarations: dict[str, StepDeclaration] = {}

    def add(self, collector: Collector, checked: Checked, namespace: Namespace = TOP) -> list[str]:
        """All steps of a file. Returns their ids."""
        entries = {
            (group, id): step for group in ("steps", "on_exit") for id, step in _steps(collector.merged, group).items()
        }
        check_names(entries, collector)
        if namespace is TOP:
            self._many = too_many(collector, self.uses, self._made)
        for path, spec in entries.items():
            if path in checked.broken:
                self._unknown(path, namespace)
            elif "uses" in spec:
                self._use(path, spec, collector, namespace)
            else:
                self._step(draft(path, spec, collector, namespace))
        return [namespace.full(id) for _, id in entries]

    def _step(self, step: Draft) -> None:
        if len(step.id) > LONGEST_ID:
            message = f"step `{step.path[1]}` has {len(step.id)} letters with the names of the groups around it"
            why = f"{message}, and files are named after it: {LONGEST_ID} are the most"
            step.collector.report("PG215", why, step.path, key=True)
        self.drafts[step.id] = step
        self.declarations[step.id] = step.declaration

    def _unknown(self, path: tuple[str, str], namespace: Namespace) -> None:
        id = namespace.full(path[1])
        self.declarations[id] = StepDeclaration(id, {}, False, path[0] == "on_exit", unknown=True)

    def _use(self, path: tuple[str, str], spec: models.Step, collector: Collector, namespace: Namespace) -> None:
        check_fields(path, spec, collector)
        text = spec.get("uses", "")
        name, found = component_of(collector.merged, (*path, "uses"), text, self.uses) or ("", None)
        if found is None or name in self._way or self._many:
            self._unknown(path, namespace)
            return
        if not is_path(text):
            self.named.add(text)
        found.texts = {**collector.merged.texts, **({name: self.uses[name].text} if name in self.uses else {})}
        found.profile = collector.merged.profile
        self._way.append(name)
        self._used(path, spec, collector, namespace, found)
        self._way.pop()

    def _used(
        self, path: tuple[str, str], spec: models.Step, collector: Collector, namespace: Namespace, component: Merged
    ) -> None:
        with_defaults(component, collector.merged)
        checked = check(component)
        collector.diagnostics += checked.diagnostics
        tag = document_tag(component.data)
        wanted = component.data.get("params" if tag == PIPELINE else "inputs", {})
        # what a component wants is not known where that is no map, which was said
        complete = self.lone or (isinstance(wanted, dict) and check_given(path, spec, wanted, collector))
        if checked.diagnostics or not complete:
            self._unknown(path, namespace)
        elif tag == COMPONENT:
            whole = component_step(path, spec, collector.merged, component)
            found = draft(path, _steps(whole, path[0])[path[1]], collector.of(whole), namespace)
            found.closed = True
            for name in _missing(spec, cast("dict[str, dict[str, Json]]", wanted)):
                found.inputs[name] = _unknown_value()
            self._step(found)
        else:
            self._group(path, spec, collector, component, namespace)

    def _group(
        self, path: tuple[str, str], spec: models.Step, collector: Collector, component: Merged, namespace: Namespace
    ) -> None:
        _refuse_unbuilt(path, spec, collector, component)
        kind = "params" if document_tag(component.data) == PIPELINE else "inputs"
        wanted = cast("Mapping[str, Mapping[str, Json]]", component.data.get(kind, {}))
        group = GroupDraft(
            namespace.full(path[1]), path, spec, namespace, collector, collector.of(component), kind, wanted
        )
        given: Mapping[str, Json] = spec.get("with", {})
        for name, entry in wanted.items():
            check_param(name, entry, (kind, name), group.inner)
            if name in given:
                group.given[name] = sourced(given[name], (*path, "with", name), collector)
                check_input(group.given[name], f"input `{name}`", collector)
            elif "default" in entry:
                group.given[name] = SourcedTree(["lit", entry["default"]], (kind, name, "default"))
            else:
                group.given[name] = _unknown_value()
        results = cast("Mapping[str, Mapping[str, Json]]", component.data.get("outputs", {}))
        for name, entry in results.items():
            group.results[name] = sourced(entry["value"], ("outputs", name, "value"), group.inner)
        if "when" in spec:
            group.when = sourced(spec["when"], (*path, "when"), collector)
        check_fan_out(path, spec, collector)
        check_exit(path, spec, collector)
        group.items, group.axes = listing(path, spec, collector)
        self.groups[group.id] = group
        group.steps = self.add(group.inner, Checked(), group.inside)
        if path[0] == "on_exit":
            self._mark_exit(group)
        if group.is_fanned:
            self._fan(group)

    def _mark_exit(self, group: GroupDraft) -> None:
        group.in_exit = True
        for id in group.steps:
            if id in self.groups:
                self._mark_exit(self.groups[id])
            elif id in self.declarations:
                self.declarations[id].in_exit = True

    def _inside(self, group: GroupDraft) -> Iterator[StepDeclaration]:
        for id in group.steps:
            if id in self.groups:
                yield from self._inside(self.groups[id])
            elif id in self.declarations:
                yield self.declarations[id]

    def _fan(self, group: GroupDraft) -> None:
        """Every step inside is fanned out as the group is."""
        for each in self._inside(group):
            if each.fan:
                field = "foreach" if "foreach" in group.spec else "matrix"
                message = f"`{field}` over several steps, of which `{each.id}` is fanned out by itself,"
                message = f"{message} is something that this version does not build yet"
                group.collector.report("PG390", message, (*group.path, field), key=True)
                return
            each.fan, each.within = True, group.id


def _missing(spec: models.Step, wanted: Mapping[str, Mapping[str, Json]]) -> Iterator[str]:
    given: Mapping[str, Json] = spec.get("with", {})
    return (name for name, entry in wanted.items() if name not in given and "default" not in entry)


def _unknown_value() -> SourcedTree:
    return SourcedTree(["lit", ""], (), faulty=True)


def _refuse_unbuilt(path: tuple[str, str], spec: models.Step, collector: Collector, component: Merged) -> None:
    if "allow_failure" in spec:
        message = f"step `{path[1]}` stands for several steps, and each says for itself whether it may fail"
        collector.report("PG305", message, (*path, "allow_failure"), key=True)
    for each in ("foreach", "matrix") if path[0] == "on_exit" else ():
        if each in spec:
            message = f"`{each}` over several steps of `on_exit` is something that this version does not build yet"
            collector.report("PG390", message, (*path, each), key=True)
    for field in _OF_RUNS:
        if field in component.data:
            message = f"a pipeline that is used cannot bring its own `{field}`"
            collector.of(component).report("PG390", f"{message}: {reserved.message(field)}", (field,), key=True)


def _steps(merged: Merged, group: str) -> dict[str, models.Step]:
    return cast("dict[str, models.Step]", merged.data.get(group, {}))
