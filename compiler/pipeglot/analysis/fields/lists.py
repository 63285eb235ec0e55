"""Lists that are artifacts: a fan-out over what stands in a file, which may be larger than a value."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.analysis.expressions.declarations import Declarations
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.ir import Output, Tree

FORMATS = ("json", "jsonl")
"""One value, or one element a line."""


def list_file(tree: Tree, inputs: Mapping[str, SourcedTree], declarations: Declarations) -> Output | None:
    """The output that `foreach` goes over, where that is an artifact; an input stands for what it is given."""
    if tree[:2] == ["ref", "inputs"] and tree[2] in inputs:
        tree = inputs[str(tree[2])].tree
    if tree[:2] != ["ref", "steps"] or tree[3] != "outputs":
        return None
    source = declarations.steps.get(str(tree[2]))
    output = source.outputs.get(str(tree[4])) if source and not source.fan else None
    return output if output is not None and output.artifact else None


def is_list(output: Output) -> bool:
    return output.format in FORMATS and output.artifact != "directory"
