"""Where the expressions of a step get their values, and which of them must not be shown."""

from __future__ import annotations

from pipeglot_expression.values import ABSENT, Artifact, kind
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.inputs.environment import Environment
    from pipeglot_sidecar.inputs.reads import Reads
    from pipeglot_sidecar.inputs.step_table import Table

RUN_LEVEL = ("status", "failed_steps")


class Scope:
    """A scope for `evaluate`. `inputs` and `paths` (of outputs) are filled in when they are known."""

    def __init__(self, table: Table, surroundings: Environment, reads: Reads) -> None:
        self._table = table
        self._from = surroundings
        self._reads = reads
        self.inputs: dict[str, Value] = {}
        self.paths: dict[str, str] = {}
        self.item: Value = ABSENT
        self.artifacts: list[Artifact] = []
        """The artifacts that were read by themselves, not by an input: for the lineage."""
        self.listed: list[Artifact] = []
        """The file of a fan-out's list."""
        self._contexts: dict[str, Callable[[tuple[str, ...]], Value]] = {
            "params": lambda ref: self._reads.param(ref[1]),
            "steps": self._step,
            "inputs": lambda ref: self.inputs.get(ref[1], ABSENT),
            "outputs": lambda ref: self.paths.get(ref[1], ABSENT),
            "run": lambda ref: self._run(ref[1]),
            "index": lambda ref: ABSENT if self._from.index is None else self._from.index,
            "item": lambda ref: self.noted(self.item),
            "pipeline": lambda ref: self._table.pipeline,
        }

    def lookup(self, ref: tuple[str, ...]) -> Value:
        found = self._contexts.get(ref[0])
        if found is not None:
            return found(ref)
        raise Trouble(f"the step table reads `{'.'.join(ref)}`, which this sidecar does not know")

    def noted(self, value: Value) -> Value:
        self.artifacts.extend(artifacts(value))
        return value

    def _step(self, ref: tuple[str, ...]) -> Value:
        if ref[2] == "status":
            return self._reads.status(ref[1])
        if ref[2] == "indices":
            return self._reads.indices(ref[1])
        return self.noted(self._reads.output(ref[1], ref[3]))

    def _run(self, field: str) -> Value:
        if field in RUN_LEVEL:
            return self._reads.run(field)
        fields: dict[str, Value] = {
            "id": self._from.run,
            "attempt": self._from.number or 1,
            "scheduled_time": self._from.scheduled or ABSENT,
        }
        return fields.get(field, ABSENT)

    def is_sensitive(self, tree: Any) -> bool:
        return any(self._hides(ref) for ref in references_of(tree))

    def _hides(self, ref: list[str]) -> bool:
        table = self._table
        if ref[1] == "params":
            return table.is_sensitive_param(ref[2])
        if ref[1] == "inputs":
            return self.is_sensitive(table.inputs.get(ref[2], {}).get("value"))
        if ref[1] == "item":
            return self.is_sensitive(table.fan_out and table.fan_out["items"])
        return ref[1] == "steps" and ref[3] == "outputs" and table.is_sensitive_output(ref[2], ref[4])


def references_of(tree: Any) -> Iterator[list[str]]:
    """Every `["ref", …]` of a tree. Of a `dict` the keys are looked at too, which are texts and never trees."""
    if kind(tree) == "list" and tree and tree[0] != "lit":
        if tree[0] == "ref":
            yield tree
        for part in tree:
            yield from references_of(part)


def artifacts(value: Value) -> Iterator[Artifact]:
    if isinstance(value, Artifact):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from artifacts(part)
