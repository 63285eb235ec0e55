"""A spec put together: the file, a profile laid over it, `defaults` under every step; each part keeps its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pipeglot.origins import Origin
from pipeglot.sources import Json

Path: TypeAlias = tuple[str | int, ...]
Map: TypeAlias = dict[str, Json]


@dataclass(slots=True)
class Merged:
    """Plain data and where each part stands. `moved`: what an overlay wrote; `aliases`: what `defaults` gave a step.

    `chosen` is the profile as written, at `profiles` and its name.
    """

    data: Map
    source: str
    moved: dict[Path, Origin] = field(default_factory=dict[Path, Origin])
    aliases: dict[Path, Path] = field(default_factory=dict[Path, Path])
    profile: str | None = None
    chosen: Map = field(default_factory=dict[str, Json])

    def origin(self, *path: str | int) -> Origin:
        """Where the part at this path of the merged data was written."""
        if self.aliases:
            path = _aliased(path, self.aliases)
        if self.moved:
            for length in range(len(path), 0, -1):
                found = self.moved.get(path[:length])
                if found is not None:
                    return Origin(found.source, found.path + path[length:])
        return Origin(self.source, path)

    def is_default(self, *path: str | int) -> bool:
        """Whether the part came from `defaults`."""
        return bool(self.aliases) and _aliased(path, self.aliases) != path


def _aliased(path: Path, aliases: Mapping[Path, Path]) -> Path:
    for length in range(len(path), 0, -1):
        found = aliases.get(path[:length])
        if found is not None:
            return found + path[length:]
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
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(old, dict):
            result[key] = _patched(merged, old, value, place, path)
        else:
            result[key] = _without_nulls(value)
            merged.moved[path] = place
    return result


def _without_nulls(value: Json) -> Json:
    """A patch that meets nothing to patch: its nulls have nothing to delete."""
    if not isinstance(value, dict):
        return value
    return {key: _without_nulls(part) for key, part in value.items() if part is not None}


def with_defaults(merged: Merged) -> None:
    """Lays every step over `defaults`."""
    defaults = merged.data.get("defaults")
    if not isinstance(defaults, dict) or not defaults:
        return
    data = dict(merged.data)
    for group in ("steps", "on_exit"):
        steps = data.get(group)
        if isinstance(steps, dict):
            data[group] = {
                name: _under(merged, step, defaults, (group, name), ("defaults",)) if isinstance(step, dict) else step
                for name, step in steps.items()
            }
    merged.data = data


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
