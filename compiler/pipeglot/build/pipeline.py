"""A whole pipeline from a whole spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pipeglot.build.drafts import Draft, draft
from pipeglot.build.durations import seconds
from pipeglot.build.edges import edges
from pipeglot.build.facts import Facts
from pipeglot.build.findings import Findings
from pipeglot.build.order import topological
from pipeglot.build.params import params
from pipeglot.build.steps import step
from pipeglot.diagnostics import Diagnostic, Severity
from pipeglot.ir import Json, Pipeline, Records, Step
from pipeglot.spec.merging import Merged
from pipeglot.spec.profiles import TARGETS

if TYPE_CHECKING:
    from pipeglot.spec import models


@dataclass(frozen=True, slots=True)
class Built:
    """`pipeline` is None when an error was found."""

    pipeline: Pipeline | None
    diagnostics: tuple[Diagnostic, ...]


def build(merged: Merged) -> Built:
    """The pipeline of a spec whose shape is right."""
    findings = Findings(merged)
    spec = cast("models.Document", merged.data)
    drafts = [
        draft(id, group, entry, findings)
        for group, steps in (("steps", spec["steps"]), ("on_exit", spec.get("on_exit", {})))
        for id, entry in steps.items()
    ]
    by_id = {each.id: each for each in drafts}
    facts = Facts(params(spec.get("params", {}), findings), {each.id: each.facts for each in drafts})
    needs = edges(drafts, findings)
    order = topological(tuple(by_id), needs)
    finished = _finished(by_id, order, needs, facts, findings)
    pipeline = _pipeline(merged, spec, facts, finished, by_id, order, findings)
    found = tuple(findings.diagnostics)
    return Built(None if any(each.severity is Severity.ERROR for each in found) else pipeline, found)


def _finished(
    by_id: Mapping[str, Draft],
    order: tuple[str, ...],
    needs: Mapping[str, tuple[str, ...]],
    facts: Facts,
    findings: Findings,
) -> dict[str, Step]:
    """Every step, those in a cycle too, so that all their other mistakes are found at once."""
    rest = [id for id in by_id if id not in frozenset(order)] if len(order) < len(by_id) else []
    return {id: step(by_id[id], facts, needs[id], findings) for id in (*order, *rest)}


def _pipeline(
    merged: Merged,
    spec: models.Document,
    facts: Facts,
    finished: Mapping[str, Step],
    by_id: Mapping[str, Draft],
    order: tuple[str, ...],
    findings: Findings,
) -> Pipeline:
    metadata = spec["metadata"]
    profile = merged.chosen
    return Pipeline(
        metadata["name"],
        findings.origin("metadata", "name"),
        tuple(facts.params.values()),
        tuple(finished[id] for id in order if not by_id[id].facts.in_exit),
        tuple(finished[id] for id in by_id if by_id[id].facts.in_exit),
        metadata.get("description", ""),
        metadata.get("labels", {}),
        spec.get("max_parallel"),
        spec.get("fail_fast", False),
        seconds(spec["deadline"]) if "deadline" in spec else None,
        _records(spec),
        merged.profile,
        cast("str | None", profile.get("target")),
        cast("str | None", profile.get("artifacts")),
        {name: cast("dict[str, Json]", profile[name]) for name in TARGETS if name in profile},
    )


def _records(spec: models.Document) -> Records:
    entry = spec.get("records", {})
    records = Records(entry.get("sink"), redact=tuple(entry.get("redact", ())), fail=entry.get("on_failure") == "fail")
    if "capture" in entry:
        records.capture = tuple(entry["capture"])
    return records
