"""A group as it is drafted: the step that uses a component with steps of its own, and names that lead to it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.declarations import Fanned
from pipeglot.analysis.expressions.namespaces import Namespace
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.ir import Json, RunIf

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

FEW = 100
"""Names among which the nearest is looked for at once."""


@dataclass(slots=True)
class GroupDraft:
    """`findings` know the file of the step that uses the component, `inner` the component's.

    `given` are its inputs, in the words of the user; `results` its outputs, in its own words; `kind` is how its steps
    name what it is given: `inputs`, or the `params` of a pipeline.
    """

    id: str
    path: tuple[str, str]
    spec: models.Step
    namespace: Namespace
    collector: Collector
    inner: Collector
    kind: str
    wanted: Mapping[str, Mapping[str, Json]]
    given: dict[str, SourcedTree] = field(default_factory=dict[str, SourcedTree])
    results: dict[str, SourcedTree] = field(default_factory=dict[str, SourcedTree])
    when: SourcedTree | None = None
    items: SourcedTree | None = None
    axes: dict[str, SourcedTree] | None = None
    fanned: Fanned | None = None
    steps: list[str] = field(default_factory=list[str])
    in_exit: bool = False

    @property
    def run_if(self) -> RunIf:
        return RunIf(self.spec.get("run_if", "success"))

    @property
    def is_fanned(self) -> bool:
        return self.items is not None or self.axes is not None

    @property
    def own(self) -> tuple[SourcedTree, ...]:
        """What stands at the group itself, in the words of its user."""
        return (*self.given.values(), *((self.when,) if self.when else ()), *self.listing)

    @property
    def listing(self) -> tuple[SourcedTree, ...]:
        """What its items are made from."""
        return (*((self.items,) if self.items else ()), *(self.axes or {}).values())

    @property
    def inside(self) -> Namespace:
        return Namespace(self.id)


def problem(
    ref: tuple[str, ...], group: GroupDraft | None, source: GroupDraft | None, own: Collection[str]
) -> tuple[str, str, str | None] | None:
    """What is wrong with a name: `group` is the one around it, `source` the one that it names."""
    if group is not None and ref[0] == "params" and group.kind != "params":
        return "PG203", "a component sees its `inputs`, never the params of the pipeline", None
    if group is not None and ref[0] == group.kind and ref[1] not in own and ref[1] not in group.given:
        meant = nearest(ref[1], itertools.islice((*own, *group.given), FEW))
        hint = f"did you mean `{group.kind}.{meant}`?" if meant else None
        return "PG203", f"`{group.spec.get('uses', '')}` has no input `{ref[1]}`", hint
    if source is None:
        return None
    if ref[2] == "status" or (ref[2] == "indices" and source.is_fanned):
        return None
    if ref[2] != "outputs":
        return "PG203", f"`{ref[1]}` is no fan-out, so it has no `{ref[2]}`", None
    if ref[3] not in source.results:
        meant = nearest(ref[3], itertools.islice(source.results, FEW))
        hint = f"did you mean `steps.{ref[1]}.outputs.{meant}`?" if meant else None
        return "PG203", f"`{ref[1]}` uses `{source.spec.get('uses', '')}`, which has no output `{ref[3]}`", hint
    return None
