"""What groups are given and what they give, held to the types that they declare."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.declarations import Declarations, StepDeclaration
from pipeglot.analysis.expressions.inference import Inference
from pipeglot.analysis.expressions.scope import StepScope, Where
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.analysis.fields.outputs import declared_type
from pipeglot.analysis.groups.fanned import GroupDraft, settle_items
from pipeglot.analysis.secrecy import check_given
from pipeglot.ir import Json
from pipeglot.spec.merging import Path
from pipeglot_expression.types import ARTIFACT, BOOL, Type, fits, parse_type
from pipeglot_expression.values import with_article


def check_group(group: GroupDraft, declarations: Declarations, fan: GroupDraft | None) -> None:
    """`fan` is the fanned-out group around it. Settles the fan-out of the group, if it has one."""
    asking = StepDeclaration(group.id, {}, False, group.in_exit)
    outside = Inference(StepScope(declarations, asking, group.run_if), group.collector)
    inside = Inference(StepScope(declarations, StepDeclaration(f"{group.id}.", {}, False)), group.inner)
    settle_items(group, fan, outside, inside)
    for name, tree in group.given.items():
        is_default = name not in group.spec.get("with", {})
        user = Inference(outside.scope, group.inner) if is_default else outside
        _check(f"input `{name}`", tree, group.wanted[name], (group.kind, name), user, group.inner)
        if group.wanted[name].get("sensitive"):
            check_given(name, tree, declarations, user.collector)
    results = group.inner.merged.data.get("outputs", {})
    for name, tree in group.results.items():
        entry = results[name] if isinstance(results, dict) else None
        if isinstance(entry, dict):
            _check(f"output `{name}`", tree, entry, ("outputs", name), inside, group.inner)
    if group.when is not None:
        outside.wanted(group.when, Where.WHEN, BOOL, "`when`")


def _check(
    what: str, tree: SourcedTree, entry: Mapping[str, Json], declared: Path, inference: Inference, collector: Collector
) -> None:
    found = inference.type(tree, Where.INPUTS)
    wanted = _wanted(entry, declared, collector)
    if not fits(found, wanted):
        path, offset = tree.place(())
        message = f"{what} is {with_article(str(wanted))}, and `{inference.told(tree)}` is {with_article(str(found))}"
        evidence = ((collector.origin(*declared), f"{what} is declared here"),)
        inference.collector.report("PG307", message, path, offset=offset, evidence=evidence)


def _wanted(entry: Mapping[str, Json], path: Path, collector: Collector) -> Type:
    if "artifact" in entry:
        return ARTIFACT
    return parse_type(declared_type(dict(entry), path, collector))
