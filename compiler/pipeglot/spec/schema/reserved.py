"""Fields that the language has and this version does not build: known by name, refused by name."""

from __future__ import annotations

from collections.abc import Mapping

_STEP = frozenset(("cache",))
_BY_PLACE: Mapping[str, frozenset[str]] = {
    "pipeline": frozenset(("cache",)),
    "step": _STEP,
    "defaults": _STEP | {"notebook"},
    "input": frozenset(("uri", "mode")),
    "records": frozenset(("redact",)),
    "profile": frozenset(("cache", "dagster", "prefect")),
}


def is_unbuilt(place: str, field: str) -> bool:
    return field in _BY_PLACE.get(place, ())


def message(field: str) -> str:
    return f"`{field}` is a field of the language that this version does not build yet"
