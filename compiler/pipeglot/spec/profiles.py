"""Profiles: which there are, and the spec with one of them laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Origin
from pipeglot.diagnostics.sources import Json, Source
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.spec.extending import lay_under
from pipeglot.spec.merging import Map, Merged, overlaid, with_defaults, with_pods

LAID_OVER = ("records", "defaults", "steps", "schedule", "notify", "targets")
OWN = (*LAID_OVER, "name", "target", "artifacts", "params", "kubernetes", "secrets", "sidecar", "cache")
"""The fields of a profile that are no settings: under every other stand those of the target that it names."""


def plain(source: Source, chain: Sequence[Source] = ()) -> Merged:
    """The spec without a profile. `chain` are the bases under it, the nearest first."""
    merged = Merged(dict(source.data), source.name, texts={source.name: source.text})
    lay_under(merged, chain)
    with_defaults(merged)
    return merged


def names(source: Source, beside: Mapping[str, Source], chain: Sequence[Source] = ()) -> tuple[str, ...]:
    """Every profile, those of the file first."""
    inside = [name for each in (source, *chain) for name in _written(each)]
    return tuple(dict.fromkeys((*inside, *sorted(beside))))


def _written(source: Source) -> Map:
    found = source.data.get("profiles")
    return found if isinstance(found, dict) else {}


def chosen(
    source: Source, beside: Mapping[str, Source], profile: str, chain: Sequence[Source] = ()
) -> Merged | Diagnostic:
    """The spec with a profile laid over it; `beside` holds the files `pipeline.<profile>.yaml` by profile."""
    own = _written(source)
    inside = own.get(profile)
    place = Origin(source.name, ("profiles", profile))
    if profile in beside and inside is not None:
        other = beside[profile].name
        return Diagnostic("PG209", f"profile `{profile}` is written twice: here and in `{other}`", place, key=True)
    if profile not in names(source, beside, chain):
        return _unknown(profile, names(source, beside, chain))
    texts = {each.name: each.text for each in (source, *beside.values())}
    merged = Merged(dict(source.data), source.name, profile=profile, texts=texts)
    if profile in beside:
        inside, place = beside[profile].data, Origin(beside[profile].name, ())
        # stands among the others, so that its shape is checked as theirs is
        merged.data["profiles"] = {**own, profile: inside}
        merged.moved[("profiles", profile)] = place
    lay_under(merged, chain)
    overlays = [(_written(each).get(profile), Origin(each.name, ("profiles", profile))) for each in reversed(chain)]
    for overlay, where in (*overlays, (inside, place)):
        if isinstance(overlay, dict):
            _lay_over(merged, overlay, where)
    whole = merged.data.get("profiles")
    found = whole.get(profile) if isinstance(whole, dict) else None
    merged.chosen = found if isinstance(found, dict) else {}
    with_defaults(merged)
    return merged


def settings(profile: Map) -> dict[str, dict[str, Json]]:
    """Of each target that the profile has settings of, its map. The shape of the profile was found right."""
    return {name: given for name, given in profile.items() if name not in OWN and isinstance(given, dict)}


def _lay_over(merged: Merged, overlay: Map, place: Origin) -> None:
    with_pods(merged)
    for part in LAID_OVER:
        patch = overlay.get(part)
        if isinstance(patch, dict):
            at = Origin(place.source, (*place.path, part))
            if part not in merged.data:
                merged.moved[(part,)] = at
            merged.data[part] = overlaid(merged, patch, at, (part,))
        elif part in overlay and patch is None:
            merged.data.pop(part, None)
    _named(merged, overlay.get("name"), Origin(place.source, (*place.path, "name")))
    _kubernetes(merged, overlay.get("kubernetes"), Origin(place.source, (*place.path, "kubernetes")))
    _params(merged, overlay.get("params"), place)


def _named(merged: Merged, name: Json, place: Origin) -> None:
    """So that two profiles of one target are two pipelines there."""
    metadata = merged.data.get("metadata")
    if isinstance(name, str) and isinstance(metadata, dict):
        merged.data["metadata"] = {**metadata, "name": name}
        merged.moved[("metadata", "name")] = place


def _kubernetes(merged: Merged, patch: Json, place: Origin) -> None:
    """What pods have besides stands under `defaults`, where steps may have more."""
    if not isinstance(patch, dict):
        return
    defaults = merged.data.get("defaults")
    own = defaults if isinstance(defaults, dict) else {}
    laid = overlaid(merged, patch, place, ("defaults", "kubernetes"))
    if "kubernetes" not in own:
        merged.moved[("defaults", "kubernetes")] = place
    merged.data["defaults"] = {**own, "kubernetes": laid}


def _params(merged: Merged, given: Json, place: Origin) -> None:
    """Defaults of params: values as they are, so nothing is merged into them."""
    declared = merged.data.get("params")
    if not isinstance(given, dict) or not isinstance(declared, dict):
        return
    params = dict(declared)
    for name, value in given.items():
        entry = params.get(name)
        if not isinstance(entry, dict):
            continue
        if value is None:
            params[name] = {key: part for key, part in entry.items() if key != "default"}
        else:
            params[name] = {**entry, "default": value}
            merged.moved[("params", name, "default")] = Origin(place.source, (*place.path, "params", name))
    merged.data["params"] = params


def _unknown(profile: str, known: tuple[str, ...]) -> Diagnostic:
    meant = nearest(profile, known)
    there = ", ".join(f"`{name}`" for name in known)
    message = f"there is no profile `{profile}`" + (f": there are {there}" if known else ", for the spec has none")
    return Diagnostic("PG208", message, hint=f"did you mean `{meant}`?" if meant else None)
