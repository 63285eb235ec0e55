"""The step table of one step alone, small enough for its task to carry."""

from __future__ import annotations

import json
from typing import Any

from pipeglot.definition import canonical
from pipeglot_backends.kubeflow.emit.delivery import packed


class Tables:
    """Cut from the whole table, which is read once."""

    def __init__(self, table: str) -> None:
        self._whole: dict[str, Any] = json.loads(table)

    def of(self, step_id: str) -> str:
        whole = self._whole
        step = whole["steps"][step_id]
        reads = [self._told(read) for read in step.get("reads", ())]
        named = {read["slot"].partition(".")[2] for read in reads if read["slot"].startswith("params.")}
        params: Any = {name: entry for name, entry in whole["params"].items() if name in named}
        own: Any = {**step, "reads": reads} if reads else step
        return packed(canonical({**whole, "params": params, "steps": {step_id: own}}))

    def _told(self, read: dict[str, Any]) -> dict[str, Any]:
        """What stands with the other steps else: that a value must not be shown."""
        source = self._whole["steps"].get(read.get("step"), {})
        output = source.get("outputs", {}).get(read.get("output"), {})
        return {**read, "sensitive": True} if output.get("sensitive") else read
