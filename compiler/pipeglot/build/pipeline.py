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
    if any(len(path) < 2 and path[:1] in _WHOLE for path in checked.broken):
        return Built(None, checked.diagnostics)
    facts, steps = finish(merged, checked, findings)
    pipeline = _pipeline(merged, facts, steps, findings) if not checked.diagnostics else None
    found = (*checked.diagnostics, *findings.diagnostics)
    return Built(None if any(each.severity is Severity.ERROR for each in found) else pipeline, found)


def finish(merged: Merged, checked: Checked, findings: Findings) -> tuple[Facts, dict[str, Step]]:
    """What is declared, and every step: earliest first, ties as written."""
    paths = [(group, id) for group in ("steps", "on_exit") for id in _entries(merged, group)]
    check_names(paths, findings)
    check_rest(findings)
    drafts = {
        path[1]: draft(path, _entries(merged, path[0])[path[1]], findings)
        for path in paths
        if path not in checked.broken
    }
    facts = _facts(merged, paths, drafts, checked, findings)
    needs = edges(drafts, facts, findings)
    order = [id for id in topological(tuple(needs), needs) if id in drafts]
    done = frozenset(order)
    # those in a cycle too, so that all their other mistakes are found at once
    rest = [id for id in drafts if id not in done]
    return facts, {id: step(drafts[id], facts, needs[id], findings) for id in (*order, *rest)}


def _entries(merged: Merged, group: str) -> dict[str, models.Step]:
    return cast("dict[str, models.Step]", merged.data.get(group, {}))


def _facts(
    merged: Merged,
    paths: Sequence[tuple[str, str]],
    drafts: Mapping[str, Draft],
    checked: Checked,
    findings: Findings,
) -> Facts:
    declared = cast("models.Document", merged.data).get("params", {})
    sound = {name: entry for name, entry in declared.items() if ("params", name) not in checked.broken}
    steps = {
        id: drafts[id].facts if id in drafts else StepFacts(id, {}, False, group == "on_exit", unknown=True)
        for group, id in paths
    }
    return Facts(params(sound, findings), steps, frozenset(declared) - frozenset(sound))


def _pipeline(merged: Merged, facts: Facts, steps: Mapping[str, Step], findings: Findings) -> Pipeline:
    spec = cast("models.Document", merged.data)
    metadata, profile = spec["metadata"], merged.chosen
    return Pipeline(
        metadata["name"],
        findings.origin("metadata", "name"),
        tuple(facts.params.values()),
        tuple(each for each in steps.values() if not each.on_exit),
        tuple(steps[id] for id in _entries(merged, "on_exit")),
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
