"""The step table in a definition: all of it where the sidecar is brought, or of one step alone in that step's task."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pipeglot.readable import readable

_STEP = re.compile('(?m)^(?=  "|\\})')
_TAG = re.compile(r"\$(?=[$(])|\{(?=\{)")
"""Where a tag of Argo or Kubeflow would begin, or a variable of Kubernetes: none of them stands in the JSON itself."""
LONGEST = 64 * 1024
"""Characters of an argument: Linux takes twice as many bytes."""


def blocks(table: str) -> list[str]:
    """The whole table, one step each; joined they are read as it is."""
    found = (part.replace("\n  ", "\n").lstrip(" ") for part in _STEP.split(safe(table)) if part)
    return [piece for part in found for piece in _cut(part)]


def safe(table: str) -> str:
    return _TAG.sub(lambda tag: f"\\u{ord(tag[0]):04x}", table)


def _cut(part: str) -> Iterator[str]:
    """At line ends, where it is too long for one argument."""
    while len(part) > LONGEST and (end := part.rfind("\n", 0, LONGEST) + 1):
        yield part[:end]
        part = part[end:].lstrip(" ")
    yield part


class Tables:
    """Cut from the whole table, which is read once. The hash of the definition is left to a parameter of the run."""

    def __init__(self, table: str) -> None:
        self._whole: dict[str, Any] = json.loads(table)

    def of(self, step_id: str) -> str:
        whole = self._whole
        step = whole["steps"][step_id]
        reads = [self._told(read) for read in step.get("reads", ())]
        named = {read["slot"].partition(".")[2] for read in reads if read["slot"].startswith("params.")}
        params: Any = {name: entry for name, entry in whole["params"].items() if name in named}
        own: Any = {**step, "reads": reads} if reads else step
        told = {name: entry for name, entry in whole.items() if name != "definition"}
        return safe(readable({**told, "params": params, "steps": {step_id: own}}))

    def _told(self, read: dict[str, Any]) -> dict[str, Any]:
        """What stands with the other steps else: that a value must not be shown."""
        source = self._whole["steps"].get(read.get("step"), {})
        output = source.get("outputs", {}).get(read.get("output"), {})
        return {**read, "sensitive": True} if output.get("sensitive") else read
