"""The pipeline's params, their limits and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.secrecy import check_param
from pipeglot.analysis.sizes import check_value
from pipeglot.ir import MISSING, Json, Param
from pipeglot.spec.merging import Path
from pipeglot.spec.spelled import spelled
from pipeglot_expression.limits import check_limits, limit_faults, sameness, typed
from pipeglot_expression.values import json_text

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

LIMITS = ("enum", "min", "max", "pattern", "min_length", "max_length", "min_items", "max_items")


def params(declared: dict[str, models.Param], collector: Collector) -> dict[str, Param]:
    return {name: _param(name, cast("dict[str, Json]", entry), collector) for name, entry in declared.items()}


def _param(name: str, entry: dict[str, Json], collector: Collector) -> Param:
    path = ("params", name)
    kind = str(entry["type"])
    limits = {limit: entry[limit] for limit in (*LIMITS, "items") if limit in entry}
    faults = limit_faults(kind, limits)
    for fault in faults:
        _say(
            f"param `{name}`: {fault.message}",
            _wrong_limit(kind, fault.limit, limits),
            path,
            typed(kind, limits),
            collector,
        )
    default: Json = entry.get("default")
    if check_param(name, entry, path, collector) and "default" in entry and not faults:
        check_value(default, f"the default of `{name}`", (*path, "default"), collector)
        said = check_limits(default, kind, limits)
        if said is not None:
            place: tuple[str | int, ...] = ("default", *_element(default, limits))
            _say(
                f"the default of `{name}` does not fit: {said}",
                (place, _at(entry, place)),
                path,
                typed(kind, limits),
                collector,
            )
    return Param(
        name,
        typed(kind, limits),
        collector.origin(*path),
        default if "default" in entry else MISSING,
        bool(entry.get("sensitive", False)),
        str(entry.get("description", "")),
        {limit: value for limit, value in limits.items() if limit != "items"},
        collector.origin(*path, "default") if "default" in entry else None,
    )


_Place: TypeAlias = "tuple[tuple[str | int, ...], Json]"
"""Where something stands in a param, and what."""


def _say(message: str, found: _Place, path: Path, type: str, collector: Collector) -> None:
    """What was written is shown as it was written; a number where text is wanted is to be quoted."""
    (place, value), hint = found, None
    if isinstance(value, bool | int | float):
        written = spelled(collector.merged, (*path, *place), value)
        message = message.replace(f"`{json_text(value)}`", f"`{written}`", 1)
        hint = "put quotes around it" if type in ("string", "list[string]") else None
    collector.report("PG312", message, (*path, *place), hint=hint)


def _wrong_limit(kind: str, limit: str, limits: Mapping[str, Json]) -> _Place:
    """The limit, or the one of its values that is at fault."""
    values = limits[limit]
    if limit != "enum" or not isinstance(values, list):
        return (limit,), values
    whole = typed(kind, limits)
    before: set[Any] = set()
    for index, value in enumerate(values):
        before.add(sameness(value))
        if check_limits(value, whole, {}) is not None or len(before) <= index:
            return (limit, index), value
    return (limit,), values


def _element(default: Json, limits: Mapping[str, Json]) -> tuple[int, ...]:
    """The element of a list that is not what all are to be."""
    items = limits.get("items")
    if not isinstance(default, list) or not isinstance(items, str):
        return ()
    return next(((index,) for index, value in enumerate(default) if check_limits(value, items, {}) is not None), ())


def _at(entry: Json, place: tuple[str | int, ...]) -> Json:
    for part in place:
        entry = cast(Any, entry)[part]  # a place that was found in it
    return entry
