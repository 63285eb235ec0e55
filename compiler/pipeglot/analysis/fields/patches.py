"""Raw patches of targets: plain data, each part with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.secrecy import check_address
from pipeglot.ir import Json, Patch
from pipeglot.spec.merging import Path

LOCAL = "local"


def patches(given: Mapping[str, object], path: Path, collector: Collector) -> dict[str, Patch]:
    """By target. Nothing is emitted for a run on this machine that could be patched."""
    found: dict[str, Patch] = {}
    for target, fields in cast("Mapping[str, dict[str, Json]]", given).items():
        at = (*path, target)
        if target == LOCAL:
            message = "there is nothing to patch for `local`: a run on this machine has no form but the pipeline's own"
            collector.report("PG410", message, at, key=True, hint="take it out")
            continue
        places = {inner: collector.origin(*at, *inner) for inner in _inner(fields)}
        _check(fields, at, collector)
        found[target] = Patch(fields, collector.origin(*at), places)
    return found


def _inner(fields: Mapping[str, Json], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in fields.items():
        yield (*at, name)
        if isinstance(value, dict):
            yield from _inner(value, (*at, name))


def _check(value: Json, path: Path, collector: Collector) -> None:
    """What no file of a target may hold."""
    if isinstance(value, str):
        check_address(value, path, collector)
    elif isinstance(value, (dict, list)):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            _check(part, (*path, key), collector)
