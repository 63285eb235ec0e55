"""What is handed on to the engine: one file of wire text for each name, complete or not there."""

from __future__ import annotations

import os

from pipeglot_expression.values import ABSENT, to_wire
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pipeglot_expression.values import Value

STATE = "pipeglot-state"
INDICES = "pipeglot-indices"


OPAQUE = "="
"""Before a text that an engine would else read as JSON of its own kind; no wire text begins with it."""


def hand_on(folder: str | None, values: dict[str, Value], index: int | None, opaque: bool) -> None:
    """In an item each value is handed on as `[index, value]`; an absent one is `null`."""
    if folder is None:
        return
    mark = OPAQUE if opaque else ""
    try:
        os.makedirs(folder, exist_ok=True)
        for name, value in values.items():
            text = to_wire(value)
            _write(os.path.join(folder, name), text if index is None or value is ABSENT else f"{mark}[{index},{text}]")
    except OSError as fault:
        raise Trouble(f"PIPEGLOT_RESULT, `{folder}`, cannot be written: {fault.strerror}") from None


def _write(path: str, text: str) -> None:
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f".{name}.{os.getpid()}")
    with open(draft, "wb") as file:
        file.write(text.encode("ascii"))
    os.replace(draft, path)
