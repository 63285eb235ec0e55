"""The step table: what the compiler says of each step."""

from __future__ import annotations

import json

from pipeglot_expression.runtime.packing import unpacked_text as unpacked_text
from pipeglot_sidecar.artifacts.decoding import is_object
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TABLE_FORMAT = 1
BROUGHT = ""
COMPRESSED = b"x"
"""How what zlib made begins: a ConfigMap holds a long table so."""


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
        self.aligned: list[str] = self.step.get("aligned", [])
        self.fan_out: dict[str, Any] | None = self.step.get("foreach")
        self.archive = "".join(found.get("archives", {}).get(self.step.get("code"), ()))
        self.capture: dict[str, Any] = {} if "notify" in self.step["body"] else found.get("capture", {})

    def is_sensitive(self) -> bool:
        """Whether the step reads or writes a value that no one else may see."""
        written = any(output.get("sensitive") for output in self.outputs.values())
        return written or any(self._is_sensitive_read(read) for read in self.reads.values())

    def _is_sensitive_read(self, read: dict[str, Any]) -> bool:
        context, _, name = read["slot"].partition(".")
        if context == "params":
            return self.is_sensitive_param(name)
        return "output" in read and self.is_sensitive_output(read["step"], read["output"])

    def is_sensitive_param(self, name: str) -> bool:
        return bool(self.params.get(name, {}).get("sensitive"))

    def is_sensitive_output(self, step: str, output: str) -> bool:
        read = self.reads.get(f"steps.{step}.outputs.{output}", {})
        declared = self.steps.get(step, {}).get("outputs", {}).get(output, {})
        return bool(read.get("sensitive") or declared.get("sensitive"))


def load(path: str, step: str, given: str = "", definition: str = "") -> Table:
    """`given` is the table itself, where it came as a text, `definition` its hash where that came apart.

    `BROUGHT` is a table too: whoever leaves this program as an artifact writes it in there.
    """
    try:
        found: Any = json.loads(_given_table(given or BROUGHT) or _read_table(path))
    except (OSError, ValueError) as fault:
        raise Trouble(f"the step table `{path}` cannot be read: {fault}") from None
    if not is_object(found) or found.get("format") != TABLE_FORMAT:
        raise Trouble(f"`{path}` is no step table of format {TABLE_FORMAT}")
    if step not in found.get("steps", {}):
        raise Trouble(f"the step table `{path}` has no step `{step}`")
    return Table({"definition": definition, **found}, step)


def _given_table(text: str) -> str | bytes:
    return unpacked_text(text) if text and not text.startswith("{") else text


def inflated(packed: bytes) -> bytes:
    """Raises `ValueError`."""
    from zlib import decompress, error

    try:
        return decompress(packed)
    except error as fault:
        raise ValueError(str(fault)) from None


def _read_table(path: str) -> bytes:
    with open(path, "rb") as file:
        found = file.read()
    return inflated(found) if found.startswith(COMPRESSED) else found
