"""A whole pipeline from a whole spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pipeglot.build.amounts import duration
from pipeglot.build.drafts import Draft, draft
from pipeglot.build.edges import edges
from pipeglot.build.facts import Facts, StepFacts
from pipeglot.build.findings import Findings
from pipeglot.build.order import topological
from pipeglot.build.params import params
from pipeglot.build.rules import check_names, check_rest
from pipeglot.build.steps import step
from pipeglot.diagnostics import Diagnostic, Severity
from pipeglot.ir import Json, Pipeline, Records, Step
from pipeglot.spec.checking import SOUND, Checked
from pipeglot.spec.merging import Merged
from pipeglot.spec.profiles import TARGETS

if TYPE_CHECKING:
    from pipeglot.spec import models


_WHOLE = ((), ("steps",), ("on_exit",), ("params",))


@dataclass(frozen=True, slots=True)
class Built:
    """`pipeline` is None when an error was found."""

    pipeline: Pipeline | None
    diagnostics: tuple[Diagnostic, ...]


def build(merged: Merged, checked: Checked = SOUND) -> Built:
    """The pipeline of a spec. Parts whose shape is wrong are left out, and nobody is blamed for reading them."""
    findings = Findings(merged)
    spec = cast("models.Document", merged.data)
    if any(len(path) < 2 and path[:1] in _WHOLE for path in checked.broken):
        return Built(None, checked.diagnostics)
    paths = [(group, id) for group in ("steps", "on_exit") for id in _entries(merged, group)]
    check_names(paths, findings)
    check_rest(findings)
    drafts = {
        path[1]: draft(path, _entries(merged, path[0])[path[1]], findings)
        for path in paths
        if path not in checked.broken
    }
    facts = _facts(spec, paths, drafts, checked, findings)
    needs = edges(drafts, facts, findings)
    order = topological(tuple(needs), needs)
    finished = _finished(drafts, order, needs, facts, findings)
    found = (*checked.diagnostics, *findings.diagnostics)
    if any(each.severity is Severity.ERROR for each in found):
        return Built(None, found)
    return Built(_pipeline(merged, spec, facts, finished, drafts, order, findings), found)


def _entries(merged: Merged, group: str) -> dict[str, models.Step]:
    return cast("dict[str, models.Step]", merged.data.get(group, {}))


def _facts(
    spec: models.Document,
    paths: Sequence[tuple[str, str]],
    drafts: Mapping[str, Draft],
    checked: Checked,
    findings: Findings,
) -> Facts:
    sound = {name: entry for name, entry in spec.get("params", {}).items() if ("params", name) not in checked.broken}
    steps = {
        id: drafts[id].facts if id in drafts else StepFacts(id, {}, False, group == "on_exit", unknown=True)
        for group, id in paths
    }
    return Facts(params(sound, findings), steps, frozenset(spec.get("params", {})) - frozenset(sound))


def _finished(
    drafts: Mapping[str, Draft],
    order: tuple[str, ...],
    needs: Mapping[str, tuple[str, ...]],
    facts: Facts,
    findings: Findings,
) -> dict[str, Step]:
    """Every step, those in a cycle too, so that all their other mistakes are found at once."""
    known = [id for id in order if id in drafts]
    done = frozenset(known)
    rest = [id for id in drafts if id not in done]
    return {id: step(drafts[id], facts, needs[id], findings) for id in (*known, *rest)}


def _pipeline(
    merged: Merged,
    spec: models.Document,
    facts: Facts,
    finished: Mapping[str, Step],
    drafts: Mapping[str, Draft],
    order: tuple[str, ...],
    findings: Findings,
) -> Pipeline:
    metadata = spec["metadata"]
    profile = merged.chosen
    return Pipeline(
        metadata["name"],
        findings.origin("metadata", "name"),
        tuple(facts.params.values()),
        tuple(finished[id] for id in order if not drafts[id].facts.in_exit),
        tuple(finished[id] for id in drafts if drafts[id].facts.in_exit),
        metadata.get("description", ""),
        metadata.get("labels", {}),
        spec.get("max_parallel"),
        spec.get("fail_fast", False),
        duration(spec["deadline"], ("deadline",), findings) if "deadline" in spec else None,
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
