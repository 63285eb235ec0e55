"""Fields that the language has and this version does not build: known by name, refused by name."""

from __future__ import annotations

from collections.abc import Mapping

_BY_PLACE: Mapping[str, frozenset[str]] = {
    "defaults": frozenset(("notebook",)),
    "records": frozenset(("redact",)),
    "profile": frozenset(("dagster", "prefect")),
}


def is_unbuilt(place: str, field: str) -> bool:
    return field in _BY_PLACE.get(place, ())


def message(field: str) -> str:
    return f"`{field}` is a field of the language that this version does not build yet"
