"""`foreach` and `matrix` as one fan-out over a list."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Final

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.drafts import Draft
from pipeglot.analysis.expressions.inference import Inference
from pipeglot.analysis.expressions.scope import Where
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.ir import FanOut, Json, Tree
from pipeglot_expression.evaluate import shown
from pipeglot_expression.trees import references, substituted
from pipeglot_expression.types import ANY, DICT, UNKNOWN, Type, common
from pipeglot_expression.values import with_article

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

COMBINATIONS: Final = 10_000
"""Of a matrix: counted before they are made, as each is a run of the step."""
PER_ITEM = ("item", "index", "matrix")


def fan_out(draft: Draft, inference: Inference, collector: Collector) -> FanOut | None:
    """The fan-out of a step; sets the types of `item` and `matrix.NAME` in the scope."""
    if draft.items is not None and "foreach" in draft.spec:
        return _foreach(draft, draft.items, draft.spec["foreach"], inference, collector)
    if draft.axes is not None:
        return _matrix(draft, draft.axes, inference, collector)
    return None


def _foreach(
    draft: Draft, items: SourcedTree, spec: models.Foreach, inference: Inference, collector: Collector
) -> FanOut:
    origin = collector.origin(*draft.path, "foreach")
    item = _item_type(items, inference, collector)
    inference.scope.item = item
    limit, fail_fast = spec.get("max_parallel"), spec.get("fail_fast", False)
    return FanOut(lowered(items.tree), text_of(item), origin, max_parallel=limit, fail_fast=fail_fast)


def _item_type(items: SourcedTree, inference: Inference, collector: Collector) -> Type:
    found = inference.type(items, Where.ITEMS)
    if found in (UNKNOWN, ANY):
        return found
    if found.item is None:
        path, offset = items.place(())
        message = f"`foreach` goes over a list, and `{shown(items.tree)}` is {with_article(str(found))}"
        collector.report("PG307", message, path, offset=offset)
        return UNKNOWN
    return found.item


def _matrix(
    draft: Draft, axes: dict[str, tuple[SourcedTree, ...]], inference: Inference, collector: Collector
) -> FanOut:
    inference.scope.item = DICT
    inference.scope.axes = {name: _axis_type(values, inference) for name, values in axes.items()}
    names = tuple(axes)
    items: list[Json] = []
    count = math.prod(map(len, axes.values()))
    if count > COMBINATIONS:
        message = f"the matrix of `{draft.path[1]}` has {count:,} combinations, and {COMBINATIONS:,} are the most"
        collector.report("PG336", message, (*draft.path, "matrix"), key=True)
        axes = dict.fromkeys(axes, ())
    literal = all(value.is_literal for values in axes.values() for value in values)
    for combination in itertools.product(*axes.values()):
        if literal:
            items.append({name: value.tree[1] for name, value in zip(names, combination, strict=True)})
        else:
            pairs: list[Json] = [[name, value.tree] for name, value in zip(names, combination, strict=True)]
            items.append(["dict", *pairs])
    tree: Tree = ["lit", items] if literal else ["list", *items]
    return FanOut(tree, "dict", collector.origin(*draft.path, "matrix"), axes=names)


def _axis_type(values: tuple[SourcedTree, ...], inference: Inference) -> Type:
    types = [inference.type(value, Where.MATRIX) for value in values]
    return reduce(lambda left, right: common(left, right) or ANY, types) if types else ANY


def per_item(tree: Tree) -> bool:
    """Whether a tree has another value for each item."""
    return any(ref[0] in PER_ITEM for ref, _ in references(tree))


def lowered(tree: Tree, inputs: Mapping[str, Tree] | None = None) -> Tree:
    """The tree as the IR has it: `matrix.lr` is a key of the item; `inputs`, where given, are put in their place."""
    if tree[0] == "lit":
        return tree

    def change(ref: tuple[str, ...]) -> Tree | None:
        if ref[0] == "matrix":
            return ["get", ["ref", "item"], ["lit", ref[1]]]
        if ref[0] == "inputs" and inputs is not None:
            return lowered(inputs[ref[1]])
        return None

    return substituted(tree, change)


def text_of(type: Type) -> str:
    """The type's text; what could not be told is decided at run time."""
    return "any" if type == UNKNOWN else str(type)
