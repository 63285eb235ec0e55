"""`fetch STEP`: what a worker does before a container that sees folders alone: inputs come from the object store."""

from __future__ import annotations

import json
import os

from pipeglot_expression.runtime.contract import INDICES
from pipeglot_expression.values import ABSENT, from_wire, kind, to_wire
from pipeglot_sidecar.artifacts.transfer import awaited, fetch_awaited, is_stored
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.inputs.step_table import load
from pipeglot_sidecar.run import Run, decided

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.inputs.environment import Environment


def fetch(step: str, environment: Environment) -> int:
    """In the file of the reads paths stand for addresses then. What cannot be fetched ends the step, as in the step."""
    table = load(environment.table, step)
    lists = table.fan_out is not None and environment.index is None
    run = Run(step, environment, "list" if lists else "", table)
    try:
        ending = decided(lambda: _fetch_reads(run), 0)
        if ending is None:
            return 0
        run.log.write("decided", state=ending.state, reason=ending.reason, message=ending.message, list=lists or None)
        run.tell_end(ending)
        run.exit_code = run.leave(ending, {INDICES: []} if lists else dict.fromkeys(run.handed_on(), ABSENT), {})
        return run.exit_code
    finally:
        run.close()


def _fetch_reads(run: Run) -> None:
    path = run.environment.folder("PIPEGLOT_READS")
    if path is None:
        raise Trouble("PIPEGLOT_READS does not say what is read")
    home = os.path.join(os.path.dirname(path), "inputs")
    with open(path, encoding="utf-8") as file:
        texts: dict[str, str] = json.load(file)
    for slot, read in run.table.reads.items():
        if read.get("type") == "artifact" and texts.get(slot):
            texts[slot] = _by_path(texts[slot], os.path.join(home, slot), read.get("file"))
    fetch_awaited(run.tell_progress, run.check_stops)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(texts, file)


def _by_path(text: str, home: str, file: str | None) -> str:
    """The same read, its artifacts by the paths at which they will be."""
    value: Any = from_wire(text)
    if kind(value) != "list":
        return to_wire(_placed(value, home, file))
    elements: list[Any] = [from_wire(each) if isinstance(each, str) else each for each in value]
    pairs = [each for each in elements if kind(each) == "list"]
    return to_wire([[index, _placed(each, os.path.join(home, str(index)), file)] for index, each in pairs], None)


def _placed(value: Any, home: str, file: str | None) -> Any:
    if not isinstance(value, str) or not is_stored(value):
        return value
    os.makedirs(home, exist_ok=True)
    return awaited(value, os.path.join(home, file or os.path.basename(value)))
