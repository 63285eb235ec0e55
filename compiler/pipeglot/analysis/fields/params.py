"""The pipeline's params, their limits and defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.ir import MISSING, Json, Param
from pipeglot_expression.limits import check_limits, limit_faults, typed

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
        collector.report("PG312", f"param `{name}`: {fault.message}", (*path, fault.limit))
    default: Json = entry.get("default")
    if "default" in entry and not faults:
        said = check_limits(default, kind, limits)
        if said is not None:
            collector.report("PG312", f"the default of `{name}` does not fit: {said}", (*path, "default"))
    return Param(
        name,
        typed(kind, limits),
        collector.origin(*path),
        default if "default" in entry else MISSING,
        bool(entry.get("sensitive", False)),
        str(entry.get("description", "")),
        {limit: value for limit, value in limits.items() if limit != "items"},
    )
