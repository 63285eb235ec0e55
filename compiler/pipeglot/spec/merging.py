"""A spec put together: the file, a profile laid over it, `defaults` under every step; each part keeps its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeGuard

from pipeglot.diagnostics.origins import Origin
from pipeglot.diagnostics.sources import Json
from pipeglot.spec.schema.tags import COMPONENT, PIPELINE, document_tag

Path: TypeAlias = tuple[str | int, ...]
Map: TypeAlias = dict[str, Json]


INHERITED = ("\0inherited",)
"""Where a used file finds the defaults of those who use it; no key of a file holds NUL."""


@dataclass(slots=True)
class Merged:
    """Plain data and where each part stands.

    `moved`: what an overlay wrote; `aliases`: what `defaults` gave a step; `links`: what another file gave. `chosen` is
    the profile as written, at `profiles` and its name. `defaults` are those in force, inherited ones too. `texts` are
    those of the files, by name, for messages. `within`: the file in which this component is written.
    """

    data: Map
    source: str
    moved: dict[Path, Origin] = field(default_factory=dict[Path, Origin])
    aliases: dict[Path, Path] = field(default_factory=dict[Path, Path])
    links: dict[Path, tuple[Merged, Path]] = field(default_factory=dict[Path, "tuple[Merged, Path]"])
    profile: str | None = None
    chosen: Map = field(default_factory=dict[str, Json])
    defaults: Map = field(default_factory=dict[str, Json])
    texts: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    within: Merged | None = None

    @property
    def home(self) -> Merged:
        """The file whose `components` have names for what is used here."""
        return self if self.within is None else self.within.home

    def fields(self, path: Path) -> frozenset[str]:
        """Those that a map has."""
        found: Json = self.data
        for part in path:
            if isinstance(found, dict):
                found = found.get(str(part))
            else:
                found = found[part] if isinstance(found, list) and isinstance(part, int) else None
        return frozenset(found) if isinstance(found, dict) else frozenset()

    def origin(self, *path: str | int) -> Origin:
        """Where the part at this path of the merged data was written."""
        if self.aliases:
            path = _aliased(path, self.aliases)
        if self.links:
            other = _linked(path, self.links)
            if other is not None:
                return other[0].origin(*other[1])
        if self.moved:
            for length in range(len(path), 0, -1):
                found = self.moved.get(path[:length])
                if found is not None:
                    return Origin(found.source, found.path + path[length:])
        return Origin(self.source, path)

    def is_default(self, *path: str | int) -> bool:
        """Whether the part came from `defaults`."""
        if self.aliases and _aliased(path, self.aliases) != path:
            return True
        other = _linked(path, self.links)
        return other is not None and other[0].is_default(*other[1])


def _linked(path: Path, links: Mapping[Path, tuple[Merged, Path]]) -> tuple[Merged, Path] | None:
    for length in range(len(path), -1, -1):
        found = links.get(path[:length])
        if found is not None:
            return found[0], found[1] + path[length:]
    return None


def _aliased(path: Path, aliases: Mapping[Path, Path]) -> Path:
    for length in range(len(path), 0, -1):
        found = aliases.get(path[:length])
        if found is not None:
            # a default may itself be inherited
            return _aliased(found + path[length:], aliases)
    return path


def overlaid(merged: Merged, patch: Map, origin: Origin, at: Path = ()) -> Map:
    """The map at `at` with a JSON merge patch laid over it; what is new is noted in `merged.moved`."""
    base = merged.data
    for key in at:
        found = base.get(str(key))
        base = found if isinstance(found, dict) else {}
    return _patched(merged, base, patch, origin, at)


def _patched(merged: Merged, base: Map, patch: Map, origin: Origin, at: Path) -> Map:
    result = dict(base)
    for key, value in patch.items():
        path, place = (*at, key), Origin(origin.source, (*origin.path, key))
        old = result.get(key)
        if value is None and not _in_patch(path):
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(old, dict):
            result[key] = _patched(merged, old, value, place, path)
        else:
            result[key] = _without_nulls(value, path)
            merged.moved[path] = place
    return result


def _without_nulls(value: Json, at: Path) -> Json:
    """A patch that meets nothing to patch: its nulls have nothing to delete."""
    if not isinstance(value, dict) or _in_patch((*at, "")):
        return value
    return {key: _without_nulls(part, (*at, key)) for key, part in value.items() if part is not None}


def _in_patch(path: Path) -> bool:
    """Inside of a target's patch, which is laid over something else later: its nulls are kept for that."""
    inside = path[2:] if path[:1] == ("steps",) else path
    return inside[:1] == ("targets",) and len(inside) > 2


def with_pods(merged: Merged) -> None:
    """Lays `defaults.kubernetes` over the `kubernetes` of the pipeline, whose place it then has."""
    pods, defaults = merged.data.get("kubernetes"), merged.data.get("defaults", {})
    own = defaults.get("kubernetes", {}) if isinstance(defaults, dict) else None
    if not isinstance(pods, dict) or not isinstance(defaults, dict) or not isinstance(own, dict):
        return
    at = ("defaults", "kubernetes")
    if not own:
        merged.aliases[at] = ("kubernetes",)
    laid = _under(merged, own, pods, at, ("kubernetes",))
    kept = {key: value for key, value in merged.data.items() if key != "kubernetes"}
    merged.data = {**kept, "defaults": {**defaults, "kubernetes": laid}}


def with_defaults(merged: Merged, user: Merged | None = None) -> None:
    """Lays every step over `defaults`, and those over the defaults of the file that uses this one."""
    if document_tag(merged.data) == PIPELINE:
        with_pods(merged)
    own = merged.data.get("defaults")
    defaults = own if isinstance(own, dict) else {}
    if user is not None:
        merged.links[INHERITED] = (user, ("defaults",))
        defaults = _under(merged, defaults, user.defaults, ("defaults",), INHERITED)
    merged.defaults = defaults
    if not defaults:
        return
    data = dict(merged.data)
    if document_tag(data) == COMPONENT:
        data = _under(merged, data, defaults, (), ("defaults",))
    for group in ("steps", "on_exit"):
        steps = data.get(group)
        if isinstance(steps, dict):
            data[group] = {
                name: _under(merged, step, defaults, (group, name), ("defaults",)) if _takes_defaults(step) else step
                for name, step in steps.items()
            }
    merged.data = data


def _takes_defaults(step: Json) -> TypeGuard[Map]:
    """What a step uses has its own fields, over which the defaults are laid there."""
    return isinstance(step, dict) and "uses" not in step


def _under(merged: Merged, own: Map, defaults: Map, at: Path, place: Path) -> Map:
    result = dict(own)
    for key, value in defaults.items():
        if key not in own:
            result[key] = value
            path = (*at, key)
            merged.aliases[path] = (*place, key)
            continue
        mine = own[key]
        if isinstance(mine, dict) and isinstance(value, dict):
            result[key] = _under(merged, mine, value, (*at, key), (*place, key))
    return result
