"""What makes files smaller that are too large for an engine."""

from __future__ import annotations

from pipeglot.ir import Pipeline, Step

MANY = 100
"""Items that stand in the files one by one."""


def smaller(pipeline: Pipeline) -> str:
    """The hint of a refusal: a list that is known now stands in the files, and one that a step makes does not."""
    largest = max((*pipeline.steps, *pipeline.on_exit), key=_items)
    if _items(largest) > MANY:
        return (
            f"the {_items(largest):,} items of `{largest.id}` stand in it: have a step make the list and read it, "
            f'`foreach: {{items: "${{{{ steps.ID.outputs.NAME }}}}"}}`'
        )
    return "split the pipeline into several"


def _items(step: Step) -> int:
    known = step.fan_out.literal if step.fan_out else None
    return len(known) if known is not None else 0
