"""Times, counts and quantities: how often, how long, how much."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from pipeglot.analysis.collector import Collector
from pipeglot.ir import Code, Gpu, Resources, Retry, RetryOn
from pipeglot.spec.merging import Path
from pipeglot_expression.values import kind

if TYPE_CHECKING:
    from pipeglot.spec.schema import models, resource_models

_PART = re.compile("([0-9]+)(ms|s|m|h|d)")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_UNITS = {
    "": Fraction(1),
    "m": Fraction(1, 1000),
    **{unit: Fraction(1000**power) for power, unit in enumerate("KMGT", 1)},
    **{f"{unit}i": Fraction(1024**power) for power, unit in enumerate("KMGT", 1)},
}
ARCHIVE = "archive"
_LONGEST = 100 * 365 * _MILLISECONDS["d"]


def duration(text: str, path: Path, collector: Collector) -> float:
    """Seconds; the text has the form that the models demand."""
    total = sum(int(number[:20]) * _MILLISECONDS[unit] for number, unit in _PART.findall(text))
    if not total:
        collector.report("PG310", f"`{path[-1]}` is `{text}`, and a duration is more than zero", path)
    elif total > _LONGEST:
        collector.report("PG310", f"`{path[-1]}` is `{text[:40]}`, and a duration is at most 100 years", path)
    return min(total, _LONGEST) / 1000


def retry(spec: models.Retry, path: Path, collector: Collector) -> Retry:
    found = Retry(spec["limit"], collector.origin(*path))
    if "delay" in spec:
        found.delay = duration(spec["delay"], (*path, "delay"), collector)
    if "backoff" in spec:
        found.backoff = _backoff(spec["backoff"], (*path, "backoff"), collector)
    if "max_delay" in spec:
        found.max_delay = duration(spec["max_delay"], (*path, "max_delay"), collector)
    if "on" in spec:
        found.on = tuple(cause for cause in RetryOn if cause.value in spec["on"])
    return found


def _backoff(value: object, path: Path, collector: Collector) -> float:
    if isinstance(value, (int, float)) and kind(value) in ("int", "float") and 1 <= value <= 1000:
        return float(value)
    collector.report("PG318", "`backoff` is a number from 1 to 1000: each wait is so many times the one before", path)
    return 1.0


def resources(spec: resource_models.Resources, path: Path, collector: Collector) -> Resources:
    limits = spec.get("limits", {})
    found = Resources(
        collector.origin(*path),
        spec.get("cpu"),
        spec.get("memory"),
        spec.get("disk"),
        spec.get("shm"),
        _gpu(spec["gpu"]) if "gpu" in spec else None,
        limits.get("cpu"),
        limits.get("memory"),
    )
    for name, text in (("cpu", found.cpu), ("memory", found.memory), ("disk", found.disk), ("shm", found.shm)):
        _check_quantity(text, (*path, name), collector)
    for name, asked, most in (("cpu", found.cpu, found.limit_cpu), ("memory", found.memory, found.limit_memory)):
        at = (*path, "limits", name)
        _check_quantity(most, at, collector)
        if asked and most and amount(most) < amount(asked):
            collector.report("PG311", f"the limit of `{name}` is `{most}`, and `{asked}` is asked for: it is less", at)
    return found


def _gpu(spec: resource_models.Gpu) -> Gpu:
    found = Gpu(spec["count"], spec.get("type"))
    found.resource = spec.get("resource", found.resource)
    return found


def _check_quantity(text: str | None, path: Path, collector: Collector) -> None:
    if text is not None and not re.search("[1-9]", text):
        collector.report("PG311", f"`{path[-1]}` is `{text}`, and a quantity is more than zero", path)


def amount(quantity: str) -> Fraction:
    number = quantity.rstrip("mKMGTi")
    return Fraction(number) * _UNITS[quantity[len(number) :]]


def code(spec: resource_models.Code, path: Path, collector: Collector) -> Code | None:
    """None where nothing is packed: the image has it."""
    if spec.get("mode", ARCHIVE) != ARCHIVE:
        return None
    source = spec.get("source", ".")
    if source.startswith(("/", "~")):
        message = f"`source` is `{source}`, and code is packed from a folder whose path begins at the file that says it"
        collector.report("PG346", message, (*path, "source"))
    origin = collector.origin(*path, *(["source"] if "source" in spec else []))
    return Code(source, origin, tuple(spec.get("include", ())), tuple(spec.get("exclude", ())))
