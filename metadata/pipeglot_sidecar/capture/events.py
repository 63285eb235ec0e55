"""What was captured, as events of the attempt: each is in the record before whoever said it goes on."""

from __future__ import annotations

from threading import Lock
from time import time_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.inputs.environment import Environment as Environment
    from pipeglot_sidecar.inputs.step_table import Table as Table
    from pipeglot_sidecar.record.event_log import Pen as Pen

LONGEST_NAME = 250
NO_NUMBERS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "infinity": "Infinity", "-infinity": "-Infinity"}
MILLISECOND = 1_000_000
AT_ONCE = 1000
"""Events in one piece of a long reading."""


class Events:
    """Threads write through it, one at a time."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._lock = Lock()

    def add(self, said: list[tuple[str, str, Any, Any, int]]) -> None:
        """Kind, name, value, step and time in nanoseconds of each."""
        with self._lock:
            for kind, name, value, at, when in said:
                fields = {"name": whole(str(name))[:LONGEST_NAME] or "?", "value": value}
                if at is not None:
                    fields["at"] = at
                self._pen.add(kind, when, fields)
            self._pen.flush()

    def tell(self, kind: str, name: str, value: Any) -> None:
        self.add([(kind, name, value, None, time_ns())])

    def complain(self, what: str, fault: object) -> None:
        self.tell("note", "pipeglot", f"capture of {what}: {whole(str(fault))[:500]}")


def whole(text: str) -> str:
    """Without what no store keeps: NUL, and halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def measure(value: Any) -> Any:
    """A metric's value as the record has it; None where it is no number."""
    if isinstance(value, bool):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if number - number != 0:
        return NO_NUMBERS[str(number)]
    return value if isinstance(value, int) else number


def counted_step(value: Any) -> Any:
    """A step, which some clients write as a text."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None
