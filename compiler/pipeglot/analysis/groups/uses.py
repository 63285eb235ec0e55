"""A use of a component: what it is given, and a component of one step as that step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.diagnostics.sources import Json
from pipeglot.diagnostics.suggestions import Meant
from pipeglot.spec.merging import Merged, Path

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
