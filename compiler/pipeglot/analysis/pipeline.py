"""A whole pipeline from a whole spec."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.declarations import Declarations
from pipeglot.analysis.fields.cache import cache_store, duration
from pipeglot.analysis.fields.notify import with_notify
from pipeglot.analysis.fields.params import params
from pipeglot.analysis.fields.patches import patches
from pipeglot.analysis.fields.schedule import schedule
from pipeglot.analysis.graph import edges, ordered
from pipeglot.analysis.groups.expansion import Expansion
from pipeglot.analysis.groups.interfaces import check_group
from pipeglot.analysis.groups.substitution import GroupDraft, Substitution
from pipeglot.analysis.rules import check_rest
from pipeglot.analysis.steps import step
from pipeglot.diagnostics import Diagnostic, Severity, hinted
from pipeglot.ir import Group, Json, Origin, Param, Pipeline, Records, Step
from pipeglot.spec.checking import SOUND, Checked
from pipeglot.spec.merging import Merged
from pipeglot.spec.profiles import settings
from pipeglot.spec.uses import NO_USES, Source, Uses, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeglot.spec.schema import models


_LONE = re.compile(r"step `component\.?`|`component\.(?=[a-z])")
_WHOLE = ((), ("steps",), ("on_exit",), ("params",))
_OF_PIPELINES = ("profiles", "metadata", "schedule", "records", "targets", "deadline", "max_parallel", "fail_fast")
"""Read for the pipeline alone, by no step."""


@dataclass(frozen=True, slots=True)
class Analyzed:
    """`pipeline` is None when an error was found. `resolved` is what another profile of the same steps has too."""

    pipeline: Pipeline | None
    diagnostics: tuple[Diagnostic, ...]
    resolved: Resolved | None = None
    data: Mapping[str, Json] = field(default_factory=dict[str, Json])


def analyze(merged: Merged, checked: Checked = SOUND, uses: Uses = NO_USES, like: Analyzed | None = None) -> Analyzed:
    """The pipeline of a spec. Parts whose shape is wrong are left out, and nobody is blamed for reading them.

    `like`: the same file without this profile, or with another; where the steps are the same they are taken from it.
    """
    collector = Collector(merged)
    if any(len(path) < 2 and path[:1] in _WHOLE for path in checked.broken):
        return Analyzed(None, checked.diagnostics)
    if not any(path[:1] == ("notify",) for path in checked.broken):
        with_notify(merged)
    found = _again(like, merged, collector) if like and not checked.diagnostics else None
    if found is None:
        found = resolve(merged, checked, collector, uses)
        if not _are_too_many(collector.diagnostics):
            collector.diagnostics += _unused(merged, found.named, uses)
    pipeline = _pipeline(merged, found, collector) if not checked.diagnostics else None
    said = (*checked.diagnostics, *collector.diagnostics)
    if any(each.severity is Severity.ERROR for each in said):
        return Analyzed(None, hinted(said))
    return Analyzed(pipeline, hinted(said), found, merged.data)


def _again(like: Analyzed, merged: Merged, collector: Collector) -> Resolved | None:
    """What was resolved of the same steps, over params that have other defaults at most. It had no mistakes, and its
    warnings were said."""
    if like.resolved is None or not _alike(_of_steps(like.data), _of_steps(merged.data)):
        return None
    check_rest(collector)
    declarations = replace(like.resolved.declarations, params=_params(merged, SOUND, collector))
    return replace(like.resolved, declarations=declarations)


def _of_steps(data: Mapping[str, Json]) -> dict[str, Json]:
    """All that steps are made of: of params, everything but their defaults."""
    declared = data.get("params")
    params: Json = declared
    if isinstance(declared, dict):
        params = {name: _undefaulted(entry) for name, entry in declared.items()}
    return {**{key: part for key, part in data.items() if key not in _OF_PIPELINES}, "params": params}


def _alike(one: Json, other: Json) -> bool:
    """`1`, `1.0` and `true` are three values here. What no profile touched is the same object."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return [*one] == [*other] and all(map(_alike, one.values(), other.values()))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return one == other


def _undefaulted(entry: Json) -> Json:
    return {**entry, "default": None} if isinstance(entry, dict) and "default" in entry else entry


def check_component(component: Source, uses: Uses) -> tuple[Diagnostic, ...]:
    """What is wrong with a component by itself: as if a step used it and gave it what it wants."""
    data: dict[str, Json] = {"steps": {"component": {"uses": PurePosixPath(component.name).name}}}
    merged = Merged(data, component.name)
    return _by_itself(merged, {**uses, posixpath.normpath(component.name): component})[0]


def _by_itself(merged: Merged, uses: Uses, made: int = 0) -> tuple[tuple[Diagnostic, ...], Resolved]:
    """What is to be said of the one component that is used, and what it is resolved to; others have `made` steps."""
    collector = Collector(merged)
    found = resolve(merged, SOUND, collector, uses, lone=True, made=made)
    return hinted(map(_of_itself, collector.diagnostics)), found


def _unused(merged: Merged, seen: frozenset[str], uses: Uses) -> Iterator[Diagnostic]:
    """What is wrong with components that are named, and used by no step; those that are too many are left at that."""
    made = 0
    for name in named(merged):
        if name not in seen:
            data: dict[str, Json] = {"steps": {"component": {"uses": name}}}
            lone = Merged(data, merged.source, defaults=merged.defaults, texts=merged.texts, within=merged)
            said, found = _by_itself(lone, uses, made)
            yield from said
            if _are_too_many(said):
                return
            seen |= found.named
            made += len(found.steps)


def _are_too_many(said: Iterable[Diagnostic]) -> bool:
    return any(each.code == "PG351" for each in said)


def _of_itself(found: Diagnostic) -> Diagnostic:
    """The step that uses a component which is looked at by itself stands in no file: it is not named."""
    message = _LONE.sub(lambda match: "`" if match.group().endswith(".") else "the component", found.message)
    evidence = tuple((place, _LONE.sub("`", label)) for place, label in found.evidence)
    return replace(found, message=message, evidence=evidence)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is declared, every step (earliest first, ties as written), and the groups."""

    declarations: Declarations
    steps: dict[str, Step]
    groups: tuple[Group, ...]
    named: frozenset[str] = frozenset()
    """The names of `components` that steps use."""


def resolve(
    merged: Merged, checked: Checked, collector: Collector, uses: Uses = NO_USES, lone: bool = False, made: int = 0
) -> Resolved:
    expansion = Expansion(uses, lone, made)
    expansion.add(collector, checked)
    check_rest(collector)
    drafts = expansion.drafts
    declarations = Declarations(
        _params(merged, checked, collector), expansion.declarations, _unknown_params(merged, checked)
    )
    substitution = Substitution(drafts, expansion.groups)
    if expansion.groups or any(each.closed for each in drafts.values()):
        substitution.settle()
    for group in expansion.groups.values():
        check_group(group, declarations, substitution.fan_of(group.namespace))
        if group.fanned is not None:
            substitution.fan_out(group, group.fanned)
    needs = edges(drafts, declarations, substitution)
    order = ordered(drafts, declarations, needs)
    done = frozenset(order)
    # those in a cycle too, so that all their other mistakes are found at once
    rest = [id for id in drafts if id not in done]
    steps = {
        id: step(drafts[id], declarations, needs[id], substitution.around(drafts[id].namespace))
        for id in (*order, *rest)
    }
    groups = tuple(_group(each, substitution, needs[each.id]) for each in expansion.groups.values())
    return Resolved(declarations, steps, groups, frozenset(expansion.named))


def _group(group: GroupDraft, substitution: Substitution, needs: tuple[str, ...]) -> Group:
    guard, when = substitution.guard(group.namespace)[0], substitution.condition(group)[0]
    return Group(group.id, group.collector.origin(*group.path), tuple(group.steps), needs, guard, when)


def _params(merged: Merged, checked: Checked, collector: Collector) -> dict[str, Param]:
    declared = cast("models.Document", merged.data).get("params", {})
    sound = {name: entry for name, entry in declared.items() if ("params", name) not in checked.broken}
    return params(sound, collector)


def _unknown_params(merged: Merged, checked: Checked) -> frozenset[str]:
    declared = cast("models.Document", merged.data).get("params", {})
    return frozenset(name for name in declared if ("params", name) in checked.broken)


def _pipeline(merged: Merged, found: Resolved, collector: Collector) -> Pipeline:
    spec = cast("models.Document", merged.data)
    metadata, profile = spec["metadata"], merged.chosen
    return Pipeline(
        metadata["name"],
        collector.origin("metadata", "name"),
        tuple(found.declarations.params.values()),
        tuple(each for each in found.steps.values() if not each.on_exit),
        tuple(each for each in found.steps.values() if each.on_exit),
        metadata.get("description", ""),
        metadata.get("labels", {}),
        spec.get("max_parallel"),
        spec.get("fail_fast", False),
        duration(spec["deadline"], ("deadline",), collector) if "deadline" in spec else None,
        _records(spec),
        merged.profile,
        cast("str | None", profile.get("target")),
        cast("str | None", profile.get("artifacts")),
        *_delivery(profile),
        settings(profile),
        found.groups,
        schedule(spec, found.declarations.params.values(), collector),
        collector.origin("profiles", merged.profile) if merged.profile else None,
        cast("Mapping[str, str]", profile.get("secrets", {})),
        patches(spec.get("targets", {}), ("targets",), collector),
        cache_store(profile, merged),
        _setting_origins(profile, collector, merged.profile),
    )


def _setting_origins(
    profile: Mapping[str, Json], collector: Collector, name: str | None
) -> Mapping[tuple[str, str], Origin]:
    given = settings(dict(profile)) if name else {}
    return {
        (target, each): collector.origin("profiles", str(name), target, each)
        for target, map in given.items()
        for each in map
    }


def _delivery(profile: Mapping[str, object]) -> tuple[str | None, str | None]:
    """By what the sidecar comes, if not as the target likes best, and the image that its Python comes from."""
    said = cast("models.Sidecar", profile.get("sidecar", {}))
    deliver = said.get("deliver", "auto")
    return None if deliver == "auto" else deliver, said.get("python")


def _records(spec: models.Document) -> Records:
    entry = spec.get("records", {})
    sink = entry.get("sink")
    is_server = (sink or "").lower().startswith(("https://", "http://"))
    return Records(
        None if is_server else sink,
        sink if is_server else None,
        entry.get("on_failure") == "fail",
        tuple(dict.fromkeys(entry.get("capture", ()))),
    )
