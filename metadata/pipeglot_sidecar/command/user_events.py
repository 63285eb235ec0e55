"""What the command reports by itself: JSON lines in `$PIPEGLOT_EVENTS`, `name=value` in `$PIPEGLOT_METRICS`."""

from __future__ import annotations

import json
import os
import stat

from pipeglot_sidecar.artifacts.decoding import is_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_sidecar.record.event_log import Log

LONGEST_LINE = 32 * 1024
ROOM_FOR_REPORT = 4 * 1024 * 1024
REPORTED = ("metric", "param", "tag", "note")


class InvalidLine(Exception):
    """A line that does not say anything."""


class EventFile:
    """One of the two files, read on from where the last reading ended."""

    def __init__(self, path: str, read: Callable[[str], dict[str, Any]], log: Log) -> None:
        self.path = path
        self._read = read
        self._log = log
        self._offset = 0
        self._rest = b""
        self.misread = 0
        self.example = ""

    def pass_on(self, last: bool = False) -> None:
        """`last` takes a line without an end for a line."""
        raw = self._rest + self._new()
        *lines, self._rest = raw.split(b"\n")
        if last:
            lines.append(self._rest)
        for line in lines:
            if line.strip():
                self._pass_line(line)

    def _new(self) -> bytes:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return b""
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b""
            found = os.pread(descriptor, ROOM_FOR_REPORT, self._offset)
        finally:
            os.close(descriptor)
        self._offset += len(found)
        return found

    def _pass_line(self, line: bytes) -> None:
        try:
            if len(line) > LONGEST_LINE:
                raise InvalidLine(f"is longer than {LONGEST_LINE} bytes")
            fields = self._read(line.decode("utf-8"))
        except (InvalidLine, ValueError, RecursionError) as fault:
            self.misread += 1
            self.example = self.example or f"{line[:60]!r}: {fault}"
            return
        self._log.write(fields.pop("event"), **fields)


def read_report(line: str) -> dict[str, Any]:
    """`{"metric": NAME, "value": 0.12, "step": 3}`, or with `param`, `tag` or `note` in the place of `metric`."""
    found: Any = json.loads(line, parse_constant=_no_number)
    if not is_object(found):
        raise InvalidLine("is not an object")
    event = next((kind for kind in REPORTED if kind in found), None)
    if event is None:
        raise InvalidLine("names none of metric, param, tag and note")
    name, value, at = found[event], found.get("value"), found.get("step")
    if not isinstance(name, str) or not name:
        raise InvalidLine("has no name")
    if event == "note" and value is None:
        name, value = "note", name
    if value is None or (event == "metric" and not isinstance(value, (int, float))):
        raise InvalidLine("has no value that fits")
    if at is not None and (isinstance(at, bool) or not isinstance(at, (int, float))):
        raise InvalidLine("has a step that is no number")
    return {"event": event, "name": name, "value": value, "at": at}


def read_metric(line: str) -> dict[str, Any]:
    """`name=value` or `name=value step=N`."""
    words = line.split()
    name, equals, value = words[0].partition("=")
    at = words[1][len("step=") :] if len(words) == 2 and words[1].startswith("step=") else None
    if not (name and equals) or len(words) > 2 or (len(words) == 2 and at is None):
        raise InvalidLine("is not `name=value` or `name=value step=N`")
    return {"event": "metric", "name": name, "value": _number(value), "at": None if at is None else _number(at)}


def _number(text: str) -> float:
    number: float = int(text) if text.lstrip("+-").isdigit() else float(text)
    if number - number != 0:
        raise InvalidLine("is not a finite number")
    return number


def _no_number(text: str) -> float:
    raise InvalidLine(f"holds {text}")
