"""The event log of one process: JSON lines, each appended by one write, never in the way of the step."""

from __future__ import annotations

import errno
import json
import os
import stat
from time import time_ns

from pipeglot_sidecar.record.log_record import write_log_record as write_log_record
from pipeglot_sidecar.record.sink import begin_sink as begin_sink
from pipeglot_sidecar.record.sink import end_sink as end_sink
from pipeglot_sidecar.record.truncation import ROOM_FOR_VALUES, shortened_value, truncated
from pipeglot_sidecar.secrecy import SECRETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_sidecar.inputs.environment import Environment

EVENT_FORMAT = 1
RESERVE = 16 * 1024
RECORDED = "pipeglot-record"
DISPENSABLE = frozenset(("metric", "param", "tag", "note", "heartbeat"))
SPOKEN = frozenset(("argv", "message", "name", "value"))
"""Fields in which commands and faults may say a value that nobody may see. Of outputs, their declaration decides."""
FULL = (errno.ENOSPC, errno.EDQUOT)
NEWLINE = 10
AT_A_TIME = 32 * 1024
COMPACT = json.JSONEncoder(separators=(",", ":")).encode


def covered(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields without what nobody may see."""
    if not SECRETS:
        return fields
    return {name: SECRETS.cover_in(value) if name in SPOKEN else value for name, value in fields.items()}


class Log:
    """`complain` is told the first fault; later ones are counted only."""

    def __init__(self, path: str | None, identity: dict[str, Any], complain: Callable[[str], None]) -> None:
        self.path = path
        self.identity = identity
        self._complain = complain
        self.writer = os.urandom(8).hex()
        self._next = 0
        self._descriptor = -1
        self._reserve: str | None = None
        self.attempt: str | None = None
        self.dropped = 0
        self.fault: str | None = None
        if path is not None:
            self._try(self._open, path)

    def renew(self) -> None:
        """For another try: as another process would write its events."""
        self.writer = os.urandom(8).hex()
        self._next = 0
        self.attempt = None

    def write(self, event: str, **fields: Any) -> None:
        if self._descriptor < 0:
            return
        if self._is_out_of_room and event in DISPENSABLE:
            self.dropped += 1
            return
        fields_and_place = {
            "v": EVENT_FORMAT,
            "event": event,
            **self.identity,
            "attempt": self.attempt,
            "writer": self.writer,
            "seq": self._next,
            "time": time_ns(),
        }
        said = {name: value for name, value in fields.items() if value is not None}
        fields_and_place.update(said if event == "output" else covered(said))
        self._next += 1
        self._try(self._append, COMPACT(truncated(fields_and_place)).encode("ascii") + b"\n")

    def append(self, lines: list[bytes]) -> None:
        """Whole lines at once, that a full disk may do without: they are counted then."""
        if self._descriptor < 0:
            return
        if self._is_out_of_room:
            self.dropped += len(lines)
            return
        self._try(self._append_all, lines)

    def close(self) -> None:
        if self._descriptor < 0:
            return
        self._give_up_reserve()
        os.close(self._descriptor)
        self._descriptor = -1

    @property
    def _is_out_of_room(self) -> bool:
        return self._reserve is None

    def _try(self, act: Callable[[Any], None], argument: Any) -> None:
        try:
            act(argument)
        except OSError as fault:
            if self.fault is None:
                self.fault = f"the record cannot be written: {fault.strerror or fault}"
                self._complain(self.fault)

    def _open(self, path: str) -> None:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        # without O_NONBLOCK, a pipe in the place of the file would hold the step for ever
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(path, flags, 0o644)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, f"`{path}` is not a regular file")
        self._descriptor = descriptor
        self._reserve = _reserve_beside(path)
        if found.st_size and os.pread(descriptor, 1, found.st_size - 1) != b"\n":
            os.write(descriptor, b"\n")  # an earlier writer was killed in the middle of a line

    def _write(self, raw: bytes) -> tuple[int, OSError]:
        """How many bytes were written, and what was in the way of the rest."""
        try:
            return os.write(self._descriptor, raw), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as fault:
            return 0, fault

    def _append(self, line: bytes) -> None:
        written, fault = self._write(line)
        if written == len(line):
            return
        if fault.errno not in FULL or self._is_out_of_room:
            raise fault
        self._give_up_reserve()
        again = (b"\n" if written else b"") + line
        if os.write(self._descriptor, again) != len(again):
            raise fault

    def _append_all(self, lines: list[bytes]) -> None:
        batch = b"".join(lines)
        written, fault = self._write(batch)
        if written == len(batch):
            return
        self.dropped += len(lines) - batch.count(b"\n", 0, written)
        if fault.errno not in FULL:
            raise fault
        self._give_up_reserve()  # for the last words, not for these
        if written and batch[written - 1] != NEWLINE:
            os.write(self._descriptor, b"\n")

    def _give_up_reserve(self) -> None:
        if self._reserve is not None:
            self._try(os.unlink, self._reserve)
            self._reserve = None


class Pen:
    """One more writer in a log: for lines that are many, and that another process may have to tell again."""

    def __init__(self, log: Log, writer: str, number: int) -> None:
        self._log = log
        fields_and_place = {"v": EVENT_FORMAT, **log.identity, "attempt": log.attempt, "writer": writer}
        self._head = COMPACT(fields_and_place)[:-1]
        self._lines: list[bytes] = []
        self._size = 0
        self.number = number

    def add(self, event: str, at: int, fields: dict[str, Any]) -> None:
        fields = covered(fields)
        said = COMPACT(fields)
        if len(said) > ROOM_FOR_VALUES:
            said = COMPACT({**fields, "value": shortened_value(fields["value"], ROOM_FOR_VALUES)})
        line = f'{self._head},"event":"{event}","seq":{self.number},"time":{at},{said[1:]}\n'.encode("ascii")
        self.number += 1
        self._lines.append(line)
        self._size += len(line)
        if self._size > AT_A_TIME:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            self._log.append(self._lines)
            self._lines, self._size = [], 0


def _reserve_beside(path: str) -> str | None:
    """Room for the last words of a step that fills the disk."""
    folder, name = os.path.split(path)
    reserve = os.path.join(folder, f".{name}.{os.getpid()}.reserve")
    try:
        descriptor = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        os.write(descriptor, b"\0" * RESERVE)
    except OSError:
        os.unlink(reserve)
        return None
    finally:
        os.close(descriptor)
    return reserve


def log_path(environment: Environment, step: str, task: str) -> str | None:
    """Where the record of this process goes; None for nowhere. `task` is `list` for a list task."""
    if environment.executor:
        return _in_artifact(environment, environment.executor.place(RECORDED), step, task)
    exact = environment.folder("PIPEGLOT_RECORD_FILE")
    folder = environment.folder("PIPEGLOT_RECORD")
    if exact or not folder:
        return exact
    parts = [
        step,
        task,
        str(environment.index) if environment.index is not None and not task else "",
        str(environment.number or 1),
    ]
    return os.path.join(folder, environment.run, ".".join(part for part in parts if part) + ".jsonl")


def _in_artifact(environment: Environment, folder: str | None, step: str, task: str) -> str | None:
    """A name that no other try has: not every Kubeflow tells which one it is."""
    if folder is None:
        return None
    index = "" if environment.index is None or task else str(environment.index)
    number = os.urandom(4).hex() if environment.number is None else str(environment.number)
    return os.path.join(folder, ".".join(part for part in (step, task, index, number) if part) + ".jsonl")
