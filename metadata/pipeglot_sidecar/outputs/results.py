"""What is handed on to the engine: one file of wire text for each name, complete or not there."""

from __future__ import annotations

import json
import os

from pipeglot_expression.runtime.contract import INDICES, OPAQUE
from pipeglot_expression.values import ABSENT, MAX_WIRE, to_wire
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pipeglot_expression.values import Value
    from pipeglot_sidecar.inputs.environment import Environment


def hand_on(environment: Environment, values: dict[str, Value], index: int | None) -> None:
    """In an item each value is handed on as `[index, value]`; an absent one is `null`."""
    texts = handed_texts(values, index, OPAQUE if environment.opaque_items else "")
    try:
        if environment.result:
            os.makedirs(environment.result, exist_ok=True)
            for name, text in texts.items():
                _write(os.path.join(environment.result, name), text)
        if environment.result_file:
            _write(environment.result_file, json.dumps(texts))
    except OSError as fault:
        where = environment.result or environment.result_file
        raise Trouble(f"PIPEGLOT_RESULT, `{where}`, cannot be written: {fault.strerror}") from None


def handed_texts(values: dict[str, Value], index: int | None, mark: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in values.items():
        text = to_wire(value, None if name == INDICES else MAX_WIRE)
        texts[name] = text if index is None or value is ABSENT else f"{mark}[{index},{text}]"
    return texts


def _write(path: str, text: str) -> None:
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f".{name}.{os.getpid()}")
    with open(draft, "wb") as file:
        file.write(text.encode("ascii"))
    os.replace(draft, path)
