"""`foreach` and `matrix` as one fan-out over a list."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.drafts import Draft
from pipeglot.analysis.expressions.inference import Inference
from pipeglot.analysis.expressions.scope import Where
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.analysis.fields.lists import is_list, list_file
from pipeglot.ir import FanOut, Json, Output, RunIf, Tree
from pipeglot_expression.evaluate import COMBINATIONS
from pipeglot_expression.trees import references, substituted
from pipeglot_expression.types import DICT, UNKNOWN, Type, parse_type

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

PER_ITEM = ("item", "index", "matrix")


def fan_out(draft: Draft, inference: Inference, collector: Collector) -> FanOut | None:
    """The fan-out of a step; sets the types of `item` and `matrix.NAME` in the scope."""
    if draft.fanned is not None:
        # what the list is made from holds the group back, whatever a step inside runs after
        inference.scope.run_if = RunIf.SUCCESS
        for tree in filter(None, (draft.items, *(draft.axes or {}).values())):
            inference.infer(tree, Where.ITEMS)
        inference.scope.run_if = draft.run_if
        inference.scope.item, inference.scope.axes = draft.fanned.item, draft.fanned.axes
        return replace(draft.fanned.fan)
    if draft.items is not None and "foreach" in draft.spec:
        return _foreach(draft, draft.items, draft.spec["foreach"], inference, collector)
    if draft.axes is not None:
        return _matrix(draft, draft.axes, inference, collector)
    return None


def _foreach(
    draft: Draft, items: SourcedTree, spec: models.Foreach, inference: Inference, collector: Collector
) -> FanOut:
    origin = collector.origin(*draft.path, "foreach")
    _refuse_outside(draft, items, collector)
    listed = list_file(items.tree, draft.inputs, inference.scope.declarations)
    if listed is not None:
        _check_file(items, listed, inference)
        item = parse_type(spec.get("item_type", "any"))
    else:
        item = inference.element(items, Where.ITEMS, "`foreach` goes over")
    if listed is None and "item_type" in spec and not items.faulty:
        message = "`item_type` is of a list that is an artifact, and this list is a value, which has its own type"
        collector.report("PG305", message, (*draft.path, "foreach", "item_type"), key=True)
    inference.scope.item = item
    limit, fail_fast = spec.get("max_parallel"), spec.get("fail_fast", False)
    form = listed.format if listed else None
    return FanOut(lowered(items.tree), text_of(item), origin, None, limit, fail_fast, format=form)


def _refuse_outside(draft: Draft, items: SourcedTree, collector: Collector) -> None:
    """Items are known before any of them runs, and data from outside is there once one does."""
    for ref, at in items.references():
        entry = draft.spec.get("inputs", {}).get(ref[1]) if ref[0] == "inputs" else None
        if isinstance(entry, dict) and "uri" in entry:
            path, offset = items.place(at)
            message = f"`foreach` goes over a list, and input `{ref[1]}` comes from outside, when an item runs"
            hint = "let a step before this one read it, and hand on the list"
            collector.report("PG307", message, path, offset=offset, hint=hint)


def _check_file(items: SourcedTree, listed: Output, inference: Inference) -> None:
    inference.type(items, Where.ITEMS)
    if not is_list(listed):
        path, offset = items.place(())
        message = f"`foreach` goes over a file with `format: json` or `jsonl`, and artifact `{listed.name}` is none"
        evidence = ((listed.origin, "it is declared here"),)
        inference.collector.report("PG307", message, path, offset=offset, evidence=evidence)


def _matrix(draft: Draft, axes: dict[str, SourcedTree], inference: Inference, collector: Collector) -> FanOut:
    inference.scope.item = DICT
    inference.scope.axes = {name: _axis_type(name, draft, inference) for name in axes}
    known = {name: values for name, axis in axes.items() if (values := _values(axis)) is not None}
    if len(known) < len(axes):
        return FanOut(_product(axes), "dict", collector.origin(*draft.path, "matrix"), axes=tuple(axes))
    count = math.prod(map(len, known.values()))
    if count > COMBINATIONS:
        message = f"the matrix of `{draft.path[1]}` has {count:,} combinations, and {COMBINATIONS:,} are the most"
        collector.report("PG336", message, (*draft.path, "matrix"), key=True)
        known = dict.fromkeys(known, ())
    return FanOut(_combinations(known), "dict", collector.origin(*draft.path, "matrix"), axes=tuple(axes))


def _values(axis: SourcedTree) -> tuple[Tree, ...] | None:
    """The trees of a list that is written out; None of one that an expression makes."""
    if axis.faulty:
        return ()
    if axis.is_literal and isinstance(axis.tree[1], list):
        return tuple(["lit", value] for value in axis.tree[1])
    return tuple(cast("list[Tree]", axis.tree[1:])) if axis.tree[0] == "list" else None


def _combinations(axes: Mapping[str, tuple[Tree, ...]]) -> Tree:
    combinations = tuple(itertools.product(*axes.values()))
    if all(value[0] == "lit" for values in axes.values() for value in values):
        items: list[Json] = [{name: value[1] for name, value in zip(axes, each, strict=True)} for each in combinations]
        return ["lit", items]
    pairs: list[list[Json]] = [[[name, value] for name, value in zip(axes, each, strict=True)] for each in combinations]
    return ["list", *(["dict", *each] for each in pairs)]


def _product(axes: Mapping[str, SourcedTree]) -> Tree:
    """What multiplies the lists when the run knows them."""
    pairs: list[Json] = [[name, lowered(axis.tree)] for name, axis in axes.items()]
    return ["product", *pairs]


def _axis_type(name: str, draft: Draft, inference: Inference) -> Type:
    axis = (draft.axes or {})[name]
    found = inference.element(axis, Where.MATRIX, f"axis `{name}` is")
    given = any(ref[0] == "inputs" for ref, _ in axis.references())
    if axis.tree[0] != "list" and (found != UNKNOWN or given):
        _of_params_alone(name, axis, draft, inference.collector)
    return found


def _of_params_alone(name: str, axis: SourcedTree, draft: Draft, collector: Collector) -> None:
    """What a matrix multiplies is known when the run starts; inputs stand for what they are given."""
    for ref, at in axis.references():
        if ref[0] == "inputs" and ref[1] not in draft.inputs:
            continue  # and that is told
        given = draft.inputs[ref[1]] if ref[0] == "inputs" else None
        if ref[0] != "params" and (given is None or any(inner[0] != "params" for inner, _ in given.references())):
            path, offset = axis.place(at)
            message = f"axis `{name}` is made of params alone, and here is `{'.'.join(ref)}`"
            hint = "a list that a step makes is gone over by `foreach: {items: …}`"
            collector.report("PG203", message, path, offset=offset, hint=hint)


def per_item(tree: Tree) -> bool:
    """Whether a tree has another value for each item."""
    return any(ref[0] in PER_ITEM for ref, _ in references(tree))


def reads_beside(tree: Tree, group: str) -> bool:
    """Whether a tree reads steps of a fanned-out group, which have something else for each item."""
    return any(ref[0] == "steps" and ref[1].startswith(f"{group}.") for ref, _ in references(tree))


def lowered(tree: Tree, inputs: Mapping[str, Tree] | None = None) -> Tree:
    """The tree as the IR has it: `matrix.lr` is a key of the item; `inputs`, where given, are put in their place."""
    if tree[0] == "lit":
        return tree

    def change(ref: tuple[str, ...]) -> Tree | None:
        if ref[0] == "matrix":
            return ["get", ["ref", "item"], ["lit", ref[1]]]
        if ref[0] == "inputs" and inputs is not None and ref[1] in inputs:  # what is not there was told already
            return lowered(inputs[ref[1]])
        return None

    return substituted(tree, change)


def text_of(type: Type) -> str:
    """The type's text; what could not be told is decided at run time."""
    return "any" if type == UNKNOWN else str(type)
