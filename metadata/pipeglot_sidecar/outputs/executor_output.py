"""What a step leaves for Kubeflow and Vertex: a file for each output parameter, and what pages show of artifacts."""

from __future__ import annotations

import json
import os

from pipeglot_expression.runtime.contract import INDICES
from pipeglot_sidecar.artifacts.decoding import encoded
from pipeglot_sidecar.artifacts.file_modes import capture
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.inputs.executor_input import local_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.inputs.executor_input import ExecutorInput

LISTED = "Output"
NO_ITEMS = "[-1]"
METRICS = "pipeglot-metrics"
RECORD = "pipeglot-record"


def hand_out(executor: ExecutorInput, texts: dict[str, str]) -> None:
    """All of the files: a step without one of them would fail, whatever it did."""
    fields = {name: texts.get(name, "null") for name in executor.files}
    if LISTED in fields:
        fields[LISTED] = texts.get(INDICES, "[]").replace("[]", NO_ITEMS)
    try:
        for name, text in fields.items():
            _write_handed(executor.files[name], text)
    except OSError as fault:
        raise Trouble(f"an output cannot be handed on: {fault}") from None


def deliver(
    executor: ExecutorInput, paths: dict[str, str], made: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Moves artifacts to where the launcher looks for them; returns what is to be said of each."""
    fields: dict[str, dict[str, Any]] = {}
    for name, event in made.items():
        target = executor.place(name) or paths[name]
        try:
            if target != paths[name]:
                os.replace(encoded(paths[name]), encoded(target))
        except OSError as fault:
            raise Trouble(f"output `{name}` cannot be handed on: {fault}") from None
        digest: dict[str, str] = event["digest"]
        fields[name] = {"digest": ":".join(*digest.items()), "size": event["size"], "files": event["files"]}
        fields[name].update(capture(target, "dirHash" in digest))
    return fields


def describe(executor: ExecutorInput, index: int | None, artifacts: dict[str, Any], values: dict[str, Value]) -> None:
    """What pages show: of artifacts that were made, `artifacts`; of numbers, that they are metrics."""
    item = {} if index is None else {"pipeglot_index": index}
    fields: dict[str, Any] = {}
    for name, artifact in executor.made.items():
        is_there = name in artifacts or (name == RECORD and os.path.exists(local_place(artifact)))
        metadata = {**item, **artifacts.get(name, {}), "absent": not is_there}
        if name == METRICS:
            metadata = {key: value for key, value in values.items() if isinstance(value, (bool, int, float))}
        kept = {key: artifact[key] for key in ("name", "uri", "type") if key in artifact}
        fields[name] = {"artifacts": [{**kept, "metadata": metadata}]}
    try:
        if executor.result:
            _write_handed(executor.result, json.dumps({"artifacts": fields}))
    except OSError as fault:
        raise Trouble(f"what the step made cannot be described: {fault}") from None


def nothing(executor: ExecutorInput) -> None:
    """Of an item that stands for none."""
    describe(executor, None, {}, {})
    hand_out(executor, {})


def _write_handed(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text.encode("ascii"))
