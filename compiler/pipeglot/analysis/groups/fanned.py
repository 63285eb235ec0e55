"""The list of a fanned-out group, and what is asked of each of its items."""

from __future__ import annotations

from pipeglot.analysis.drafts import Draft
from pipeglot.analysis.expressions.declarations import Fanned, StepDeclaration
from pipeglot.analysis.expressions.inference import Inference
from pipeglot.analysis.fan_out import fan_out
from pipeglot.analysis.groups.group import GroupDraft as GroupDraft


def settle_items(group: GroupDraft, fan: GroupDraft | None, outside: Inference, inside: Inference) -> None:
    """What `item`, `index` and `matrix` are at a group, and in what it gives: its own, or those of the one around."""
    if group.is_fanned:
        group.fanned = _fanned_out(group, outside)
    around = group.fanned or (fan.fanned if fan else None)
    if around is not None:
        for each in (outside, inside):
            each.scope.item, each.scope.axes = around.item, around.axes


def _fanned_out(group: GroupDraft, outside: Inference) -> Fanned | None:
    """The fan-out of the group, found as that of one step; sets what `item` and `matrix.NAME` are."""
    said = len(group.collector.diagnostics)
    declaration = StepDeclaration(group.id, {}, True)
    like = Draft(group.id, group.path, group.spec, declaration, group.run_if, group.collector, group.namespace)
    like.items, like.axes = group.items, group.axes
    found = fan_out(like, outside, group.collector)
    if len(group.collector.diagnostics) > said:
        for tree in group.listing:
            tree.faulty = True
    return Fanned(found, outside.scope.item, outside.scope.axes) if found else None
