"""`store STEP`: what a worker does after a container that sees folders alone: its outputs go to the object store."""

from __future__ import annotations

import json
import os

from pipeglot_expression.runtime.contract import LOST, STATE
from pipeglot_expression.values import ABSENT, Artifact, from_wire
from pipeglot_sidecar.artifacts.transfer import StoreFault, is_object, send_artifact
from pipeglot_sidecar.outputs.results import hand_on
from pipeglot_sidecar.record.outcomes import failed
from pipeglot_sidecar.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.inputs.environment import Environment


def store(step: str, environment: Environment) -> int:
    """Told as later words of the same attempt, which are believed: where each output is, or that the step is lost."""
    run = Run(step, environment, "", None)
    try:
        last = _last_attempt(run.record)
        handed = _handed(run)
        if not last:
            return 0
        run.log.attempt = last[-1]["attempt"]
        try:
            for event in last[:-1]:
                _store_output(run, event, handed if handed.get(STATE) == "succeeded" else {})
        except (StoreFault, OSError) as fault:
            return _lose(run, last[-1], f"an output is not in the store: {fault}")
        return 0
    finally:
        run.close()


def _last_attempt(record: str | None) -> list[dict[str, Any]]:
    """Its artifacts, and then how it ended: of one that did not end, nothing."""
    with open(record or os.devnull, "rb") as file:
        events = [event for line in file for event in _event(line)]
    ends = [event for event in events if event.get("event") == "end"]
    if not ends:
        return []
    made = [event for event in events if event.get("attempt") == ends[-1]["attempt"] and "digest" in event]
    return [*made, ends[-1]]


def _event(line: bytes) -> list[dict[str, Any]]:
    """None, of a line that was torn: a disk was full."""
    try:
        found: Any = json.loads(line)
    except ValueError:
        return []
    return [found] if is_object(found) else []


def _handed(run: Run) -> dict[str, Any]:
    """What the container has handed on, by name."""
    found: dict[str, Any] = {}
    for name in (*run.table.outputs, STATE):
        path = os.path.join(run.environment.result or "", name)
        if os.path.exists(path):
            with open(path, encoding="ascii") as file:
                value: Any = from_wire(file.read())
            found[name] = value[1] if run.item is not None and isinstance(value, list) else value
    return found


def _store_output(run: Run, event: dict[str, Any], handed: dict[str, Any]) -> None:
    name, uri = event["name"], None
    if isinstance(handed.get(name), str):
        place = run.environment.environ["PIPEGLOT_ARTIFACTS"]
        uri = send_artifact(place, handed[name], event["digest"], run.tell_progress, run.check_stops)
        hand_on(run.environment, {name: Artifact(uri)}, run.item)
    known = {key: event[key] for key in ("name", "kind", "digest", "size", "files") if key in event}
    run.log.write("output", **known, uri=uri)


def _lose(run: Run, end: dict[str, Any], message: str) -> int:
    ending = failed(LOST, message)
    known = {key: end[key] for key in ("exit_code", "cpu", "max_rss", "dropped") if key in end}
    run.log.write("end", **known, state=ending.state, reason=ending.reason, message=message)
    run.tell_end(ending)
    run.exit_code = run.leave(ending, dict.fromkeys(run.handed_on(), ABSENT), {})
    return run.exit_code
