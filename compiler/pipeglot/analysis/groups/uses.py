"""A use of a component: what it is given, and a component of one step as that step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.sizes import ALL_EXPRESSIONS, ENTRIES, expressions
from pipeglot.diagnostics.sources import Json
from pipeglot.diagnostics.suggestions import Meant
from pipeglot.spec.merging import Merged, Path
from pipeglot.spec.uses import Uses, component, inner_uses

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

_OF_USERS = ("uses", "with", "needs", "when", "run_if", "allow_failure", "foreach", "matrix")
_OF_FILES = ("apiVersion", "kind", "metadata", "inputs")


def check_fields(path: Path, spec: models.Step, collector: Collector) -> None:
    """A component brings its own body and all that belongs to it."""
    for field in spec:
        if field not in _OF_USERS:
            message = f"step `{path[1]}` uses a component, which brings its own `{field}`"
            collector.report("PG305", message, (*path, field), key=True)


def check_given(path: Path, spec: models.Step, wanted: Mapping[str, Json], collector: Collector) -> bool:
    """Whether `with` gives everything that is wanted, and nothing else."""
    given: Mapping[str, Json] = spec.get("with", {})
    name = spec.get("uses", "")
    for key in given:
        if key not in wanted:
            meant = Meant(key, lambda: wanted)
            collector.report("PG203", f"`{name}` has no input `{key}`", (*path, "with", key), key=True, meant=meant)
    missing = [key for key, entry in wanted.items() if key not in given and not _has_default(entry)]
    for key in missing:
        message = f"`{name}` wants the input `{key}`, and `with` does not give it"
        collector.report("PG212", message, (*path, "with") if "with" in spec else (*path, "uses"), key="with" in spec)
    return not missing


def _has_default(entry: Json) -> bool:
    return isinstance(entry, dict) and "default" in entry


def component_step(path: tuple[str, str], spec: models.Step, user: Merged, component: Merged) -> Merged:
    """A file of one step: the component's own, with the inputs and conditions of the step that uses it."""
    group, id = path
    combined: dict[str, Json] = {key: part for key, part in component.data.items() if key not in _OF_FILES}
    found = Merged(
        {group: {id: combined}}, component.source, profile=user.profile, texts={**user.texts, **component.texts}
    )
    found.links[path] = (user, path)
    places: dict[Path, tuple[Merged, Path]] = {(*path, field): (component, (field,)) for field in combined}
    for field in _OF_USERS[2:]:
        if field in spec:
            combined[field] = cast("dict[str, Json]", spec)[field]
    wanted = cast("dict[str, dict[str, Json]]", component.data.get("inputs", {}))
    given: Mapping[str, Json] = spec.get("with", {})
    inputs: dict[str, Json] = {}
    for name, entry in wanted.items():
        kept = {key: part for key, part in entry.items() if key in ("type", "items", "artifact")}
        inputs[name] = {**kept, "value": given[name] if name in given else entry.get("default", "")}
        places |= {
            (*path, "inputs", name): (component, ("inputs", name)),
            (*path, "inputs", name, "value"): (user, (*path, "with", name))
            if name in given
            else (component, ("inputs", name, "default")),
        }
    if inputs:
        combined["inputs"] = inputs
    found.links |= places
    return found


def too_many(collector: Collector, uses: Uses, made: int = 0) -> bool:
    """Components that use others twice double with each level: counted before any of it is made.

    `made`: of as many steps were the components that were looked at before, because no step uses them.
    """
    limits = ((ENTRIES, made, "steps"), (ALL_EXPRESSIONS, 0, "expressions"))
    merged, found = collector.merged, False
    counts = _weight(merged, uses, {}, {}) if any(True for _ in inner_uses(merged.data)) else (0, 0)
    for count, (most, before, what) in zip(counts, limits, strict=True):
        if count + before > most:
            has = (
                f"this has {count:,} {what}, beside {before:,} of"
                if before
                else f"with those of its components this has {count:,} {what},"
            )
            others = " other components that no step uses," if before else ""
            collector.report("PG351", f"{has}{others} and {most:,} are the most", ("steps",))
            found = True
    return found


def _weight(merged: Merged, uses: Uses, known: dict[str, tuple[int, int]], counted: dict[int, int]) -> tuple[int, int]:
    """Steps, and expressions in them, where each use stands for what it uses; `known` are those of components."""
    used = [*inner_uses(merged.data)]
    steps = max(1, sum(len(each) for each in map(merged.data.get, ("steps", "on_exit")) if isinstance(each, dict)))
    total = steps, expressions(merged.data, counted)
    for path, text in used:
        name, found = component(merged, path, text, uses) or ("", None)
        if found is not None and name not in known:
            known[name] = 0, 0  # where they use each other it is said so
            known[name] = _weight(found, uses, known, counted)
        more = known.get(name, (0, 0))
        total = total[0] + max(0, more[0] - 1), total[1] + more[1]
    return total
