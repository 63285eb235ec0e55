"""The step table in a definition: all of it where the sidecar is brought, or of one step alone in that step's task.

The archives of code stand in it, for nothing lies beside the sidecar.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from pipeglot.readable import readable
from pipeglot_backends.protocol import Options
from pipeglot_expression.runtime.packing import packed_text

_STEP = re.compile('(?m)^(?=  "|\\})')
_TAG = re.compile(r"\$(?=[$(])|\{(?=\{)")
"""Where a tag of Argo or Kubeflow would begin, or a variable of Kubernetes: none of them stands in the JSON itself."""
READABLE = 64 * 1024
"""Characters of a table that one container carries, beside the sidecar: Argo hands it on in a variable of 128 KiB."""
LONGEST = 64 * 1024
"""Characters of an argument: Linux takes twice as many bytes."""


MOST = 96 * 1024
"""Characters of a table with code in it that stands in the input of a task: that is one argument, with all else."""


def with_code(options: Options) -> Options:
    if not options.code:
        return options
    held: Any = {digest: text.splitlines() for digest, text in options.code.items()}
    return replace(options, table=readable({**json.loads(options.table), "archives": held}))


def too_long_for_a_task(options: Options) -> str | None:
    """A step whose code leaves no room for its table in a task of its own."""
    if not options.code:
        return None
    tables = Tables(options.table)
    return next((step for step in tables.steps if len(tables.of(step)) > MOST), None)


def blocks(table: str) -> list[str]:
    """The whole table, one step each; joined they are read as it is. Packed where it is long."""
    if len(table) > READABLE:
        text = packed_text(table)
        return [text[begin : begin + LONGEST] for begin in range(0, len(text), LONGEST)]
    return [part.replace("\n  ", "\n").lstrip(" ") for part in _STEP.split(safe(table)) if part]


def safe(table: str) -> str:
    return _TAG.sub(lambda tag: f"\\u{ord(tag[0]):04x}", table)


class Tables:
    """Cut from the whole table, which is read once. The hash of the definition is left to a parameter of the run."""

    def __init__(self, table: str) -> None:
        self._whole: dict[str, Any] = json.loads(table)

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(self._whole["steps"])

    def of(self, step_id: str) -> str:
        whole = self._whole
        step = whole["steps"][step_id]
        reads = [self._told(read) for read in step.get("reads", ())]
        named = {read["slot"].partition(".")[2] for read in reads if read["slot"].startswith("params.")}
        params: Any = {name: entry for name, entry in whole["params"].items() if name in named}
        own: Any = {**step, "reads": reads} if reads else step
        fields = {name: entry for name, entry in whole.items() if name != "definition"}
        if archives := fields.pop("archives", None):
            held: Any = {digest: text for digest, text in archives.items() if digest == step.get("code")}
            fields |= {"archives": held} if held else {}
        return safe(readable({**fields, "params": params, "steps": {step_id: own}}))

    def _told(self, read: dict[str, Any]) -> dict[str, Any]:
        """What stands with the other steps else: that a value must not be shown."""
        source = self._whole["steps"].get(read.get("step"), {})
        output = source.get("outputs", {}).get(read.get("output"), {})
        return {**read, "sensitive": True} if output.get("sensitive") else read
