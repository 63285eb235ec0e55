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


def hand_on(folder: str | None, values: dict[str, Value], index: int | None) -> None:
    """In an item each value is handed on as `[index, value]`; an absent one is `null`."""
    if folder is None:
        return
    try:
        os.makedirs(folder, exist_ok=True)
        for name, value in values.items():
            text = to_wire(value)
            _write(os.path.join(folder, name), text if index is None or value is ABSENT else f"[{index},{text}]")
    except OSError as fault:
        raise Trouble(f"PIPEGLOT_RESULT, `{folder}`, cannot be written: {fault.strerror}") from None


def _write(path: str, text: str) -> None:
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f".{name}.{os.getpid()}")
    with open(draft, "wb") as file:
        file.write(text.encode("ascii"))
    os.replace(draft, path)
