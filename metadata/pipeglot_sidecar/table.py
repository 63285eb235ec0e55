"""The step table: what the compiler says of each step."""

from __future__ import annotations

import json

from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.surroundings import is_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TABLE_FORMAT = 1


class Table:
    """The whole table, and the one step of it that is run. Entries stay the JSON they are."""

    def __init__(self, found: dict[str, Any], step: str) -> None:
        self.pipeline: str = found["pipeline"]
        self.definition: str = found["definition"]
        self.params: dict[str, dict[str, Any]] = found["params"]
        self.steps: dict[str, dict[str, Any]] = found["steps"]
        self.id = step
        self.step = self.steps[step]
        self.inputs: dict[str, dict[str, Any]] = self.step.get("inputs", {})
        self.outputs: dict[str, dict[str, Any]] = self.step.get("outputs", {})
        self.reads: dict[str, dict[str, Any]] = {read["slot"]: read for read in self.step.get("reads", ())}
        self.needs: list[str] = self.step.get("needs", [])
        self.fan_out: dict[str, Any] | None = self.step.get("foreach")

    def is_sensitive_output(self, step: str, output: str) -> bool:
        read = self.reads.get(f"steps.{step}.outputs.{output}", {})
        declared = self.steps.get(step, {}).get("outputs", {}).get(output, {})
        return bool(read.get("sensitive") or declared.get("sensitive"))


def load(path: str, step: str) -> Table:
    try:
        with open(path, "rb") as file:
            found: Any = json.loads(file.read())
    except (OSError, ValueError) as fault:
        raise Trouble(f"the step table `{path}` cannot be read: {fault}") from None
    if not is_object(found) or found.get("format") != TABLE_FORMAT:
        raise Trouble(f"`{path}` is no step table of format {TABLE_FORMAT}")
    if step not in found.get("steps", {}):
        raise Trouble(f"the step table `{path}` has no step `{step}`")
    return Table(found, step)
