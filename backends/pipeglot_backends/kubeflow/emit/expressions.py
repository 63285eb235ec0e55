"""Where the steps of a pipeline name something of the run, in whichever of their expressions."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Command, Notify, Script, Step, Tree
from pipeglot_expression.trees import references

TAGS = ("{{", "$(")
"""How tags of Kubeflow, of what lies below, and variables of Kubernetes begin."""


def names(step: Step, *ref: str) -> bool:
    return any(found == ref for tree in _trees(step) for found, _ in references(tree))


def _trees(step: Step) -> Iterator[Tree]:
    if isinstance(step.body, Command):
        yield from step.body.argv
    if isinstance(step.body, Script):
        yield from step.body.variables.values()
    if isinstance(step.body, Notify):
        yield step.body.message
    yield from (value for value in step.env.values() if isinstance(value, list))
    yield from (each.value for each in step.inputs)
    yield from (tree for tree in (step.when, step.guard) if tree is not None)
    if step.fan_out:
        yield step.fan_out.items
