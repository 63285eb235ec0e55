"""`cache`: the steps whose work is kept, what counts beside all that goes into it, and where a profile keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from pipeglot.analysis.expressions.declarations import StepDeclaration
from pipeglot.analysis.expressions.inference import Inference
from pipeglot.analysis.expressions.scope import Where
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.analysis.fields.quantities import duration as duration
from pipeglot.ir import Cache, CacheStore, Origin
from pipeglot.spec.merging import Merged, Path

REFUSED = "PG347"


def cache(
    spec: Mapping[str, Any],
    path: Path,
    declaration: StepDeclaration,
    trees: Iterable[SourcedTree],
    key: SourcedTree | None,
    inference: Inference,
) -> Cache | None:
    """None where it is not asked for, or refused. `trees` are all of the step, `key` the one of `cache.key`."""
    said, at, collector = spec.get("cache", {}), (*path, "cache"), inference.collector
    inherited = collector.merged.is_default(*at)
    if "cache" not in spec or not said.get("enabled", True) or (inherited and declaration.in_exit):
        return None
    fault = _fault(declaration, trees, inference)
    if fault:
        hint = "write `cache: {enabled: false}` in this step" if inherited else "take it out"
        collector.report(REFUSED, fault, path if inherited else at, key=True, hint=hint)
    if key is not None:
        inference.type(key, Where.KEY)
    max_age = duration(said["max_age"], (*at, "max_age"), collector) if "max_age" in said else None
    return Cache(collector.origin(*at), key.tree if key else None, max_age, said.get("version"))


def _fault(declaration: StepDeclaration, trees: Iterable[SourcedTree], inference: Inference) -> str:
    if declaration.in_exit:
        return f"`{declaration.id}` is a step of `on_exit`, which is about each run anew: its work is not kept"
    hidden = [f"outputs.{each.name}" for each in declaration.outputs.values() if each.sensitive]
    hidden += [".".join(ref) for tree in trees for ref, _ in tree.references() if _hides(ref, inference)]
    if not hidden:
        return ""
    return f"`{hidden[0]}` is sensitive, and what is kept of `{declaration.id}` for other runs would tell of it"


def _hides(ref: tuple[str, ...], inference: Inference) -> bool:
    declared = inference.scope.declarations
    if ref[0] == "params":
        return ref[1] in declared.params and declared.params[ref[1]].sensitive
    if ref[0] != "steps" or ref[2] != "outputs" or ref[1] not in declared.steps:
        return False
    output = declared.steps[ref[1]].outputs.get(ref[3])
    return output is not None and output.sensitive


def cache_store(profile: Mapping[str, object], merged: Merged) -> CacheStore | None:
    """What the profile says of it."""
    said = cast("Mapping[str, str]", profile.get("cache", {}))
    if not said or merged.profile is None:
        return None
    place: Origin = merged.origin("profiles", merged.profile, "cache")
    return CacheStore(place, said.get("store"), said.get("environment"))
