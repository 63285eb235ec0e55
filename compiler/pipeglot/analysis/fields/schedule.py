"""When runs start by themselves: cron, zone, and the time in which that holds."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.fields.cron import CronFault, canonical
from pipeglot.analysis.secrecy import SECRET
from pipeglot.diagnostics import Severity
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.ir import MISSING, Overlap, Param, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeglot.spec.schema import models

TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
UTC = "UTC"


def schedule(spec: models.Document, params: Iterable[Param], collector: Collector) -> Schedule | None:
    if "schedule" not in spec:
        return None
    given = spec["schedule"]
    found = Schedule(
        _cron(given["cron"], collector),
        _zone(given.get("timezone", UTC), collector),
        collector.origin("schedule"),
        _time("start", given["start"], collector) if "start" in given else None,
        _time("end", given["end"], collector) if "end" in given else None,
        given.get("catchup", False),
        Overlap(given.get("overlap", Overlap.ALLOW.value)),
        given.get("max_active"),
    )
    if found.start and found.end and found.end <= found.start:
        evidence = ((collector.origin("schedule", "start"), "the start"),)
        collector.report("PG322", "`end` lies before `start`, or at it", ("schedule", "end"), evidence=evidence)
    for param in params:
        if param.default is MISSING:
            message = f"`{param.name}` has no default, and nobody gives it to a run that starts by itself"
            evidence = ((param.origin, f"`{param.name}` is declared here"),)
            hint = SECRET.format(param.name.upper()) if param.sensitive else None
            collector.report("PG323", message, ("schedule",), key=True, evidence=evidence, hint=hint)
    return found


def _cron(text: str, collector: Collector) -> str:
    try:
        found = canonical(text)
    except CronFault as fault:
        collector.report("PG320", f"`cron` is `{text[:60]}`, and {fault}", ("schedule", "cron"))
        return text
    if found.either_day:
        message = (
            f"`{text}` comes on each such day of the month and on each such day of the week: one of them is enough"
        )
        collector.report("PG324", message, ("schedule", "cron"), severity=Severity.WARNING)
    return found.text


def _zone(name: str, collector: Collector) -> str:
    known = zones()
    if name in known:
        _warn_of_old(name, collector)
    else:
        meant = nearest(name, sorted(known))
        spelled = next((zone for zone in known if zone.lower() == name.lower()), meant)
        hint = f"did you mean `{spelled}`?" if spelled else None
        message = f"`{name[:60]}` is no time zone" + ("" if hint else ": IANA names them, `Europe/Berlin`, `UTC`")
        collector.report("PG321", message, ("schedule", "timezone"), hint=hint)
    return name


_LASTING = ("UTC", "GMT", "Etc/UTC", "Etc/GMT")
"""Short names that every engine knows."""


def _warn_of_old(name: str, collector: Collector) -> None:
    new = renamed(name)
    if new:
        message = f"`{name}` is an old name of a time zone, and engines without the old names start no runs in it"
        collector.report("PG339", message, ("schedule", "timezone"), hint=f"write `{new}`", severity=Severity.WARNING)


def renamed(name: str) -> str | None:
    """What a zone is called now, where its name is one that is kept for old programs only."""
    tables = resources.files("tzdata").joinpath("zoneinfo")
    rows = tables.joinpath("zone.tab").read_text("utf-8").splitlines()
    if name in _LASTING or any(row.split("\t")[2:3] == [name] for row in rows):
        return None
    lines = tables.joinpath("tzdata.zi").read_text("utf-8").splitlines()
    links = {old: target for _, target, old in (line.split() for line in lines if line.startswith("L "))}
    target = links.get(name)
    return "UTC" if target and target.startswith("Etc/") else target


@cache
def zones() -> frozenset[str]:
    """The names of IANA's time zones, as the package `tzdata` lists them."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def _time(field: str, text: str, collector: Collector) -> str:
    """The same moment in UTC, to the second, so that texts compare as times do."""
    try:
        if TIME.fullmatch(text) is None:
            raise ValueError
        moment = datetime.fromisoformat(re.sub(r"\.\d+", "", text.upper()).replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc).isoformat()
    except (ValueError, OverflowError):
        message = f"`{field}` is `{text[:40]}`, and no time of RFC 3339: `2026-01-31T06:00:00Z`, or with an offset"
        collector.report("PG322", message, ("schedule", field), hint=_as_time(text))
        return ""


def _as_time(text: str) -> str | None:
    """A day as its first moment, a moment without a zone as one of UTC."""
    day, _, time = text.replace(" ", "T").partition("T")
    meant = f"{day}T{time or '00:00:00'}{'' if time.count(':') != 1 else ':00'}Z"
    return f"write `{meant}`" if TIME.fullmatch(meant) else None
