"""What the command reports by itself, from `$PIPEGLOT_EVENTS` and `$PIPEGLOT_METRICS` into the log."""

from __future__ import annotations

import os
import stat
from time import time_ns

from pipeglot_sidecar.command.reports import InvalidLine, read_metric, read_report
from pipeglot_sidecar.inputs.step_table import unpacked_text
from pipeglot_sidecar.record.event_log import Pen
from pipeglot_sidecar.record.messages import print_message
from pipeglot_sidecar.secrecy import SECRETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_sidecar.inputs.step_table import Table
    from pipeglot_sidecar.record.event_log import Log

    NoteMark = Callable[[str, list[Any]], None]

LONGEST_LINE = 64 * 1024
BITE = 64 * 1024
KNOWN_BY = 24
"""Bytes before the place that was read to: when they are others, the file was written anew."""
NOT_ONE = "is not a regular file: nothing of it is recorded"


class EventFile:
    """One of the two files, read on from where the last reading ended, whatever the command does to it.

    `writer` numbers the events: whoever reads the same file again writes the same ones, and the store folds them.
    """

    def __init__(
        self, path: str, read: Callable[[str], dict[str, Any]], log: Log, writer: str, since: int, note_mark: NoteMark
    ) -> None:
        self.path = path
        self.name = os.path.basename(path)
        self._read = read
        self._log = log
        self._writer = f"{writer}.{self.name[0]}"
        self._note_mark = note_mark
        self._generation = 0
        self._pen = Pen(log, self._writer + "0", 0)
        self._descriptor = -1
        self._file = 0
        self._offset = 0
        self._rest = b""
        self._in_long_line = False
        self._time = since
        self._changed = -1
        self._known_by = b""
        self._misread = 0
        self._example = ""
        self._anew = 0
        self._strange = False
        self._marked = self._position()

    def open(self) -> None:
        """Makes the file, so that what is written to it is read even where the command removes it."""
        try:
            self._take_file(os.open(self.path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666))
            self._marked = self._position()
        except OSError:
            return

    def pass_on(self) -> bool:
        """One piece; whether there may be more."""
        try:
            more = self._pass_piece()
        except OSError:
            more = False
        self._pen.flush()
        self._mark()
        return more

    def finish(self, pulse: Callable[[], None]) -> None:
        """To the end that the file has now, whoever writes on. A last line counts without its end."""
        pieces = 4 + self._unread() // BITE
        while pieces > 0 and self.pass_on():
            pieces -= 1
            pulse()
        self._end_line()
        remarks = self._remarks()
        if remarks:
            self._pen.add("note", self._time, {"name": "pipeglot", "value": remarks})
        self._pen.flush()
        self._mark()

    def resume(self, mark: list[Any]) -> None:
        """From where another sidecar was, which is dead."""
        self._generation, self._offset, number, self._misread, self._anew, self._in_long_line, known_by, file = mark
        self._known_by = bytes.fromhex(known_by)
        self._pen = Pen(self._log, f"{self._writer}{self._generation}", number)
        if self._find() and self._file != file:
            self._begin_anew()

    def _pass_piece(self) -> bool:
        if self._descriptor < 0 and not self._find():
            return False
        found = os.fstat(self._descriptor)
        if self._was_rewritten(found):
            self._begin_anew()
            self._anew += 1
        self._time = max(self._time, min(found.st_mtime_ns, time_ns()))
        self._changed = found.st_mtime_ns
        piece = os.pread(self._descriptor, BITE, self._offset)
        if not piece:
            return self._is_elsewhere() and self._find()
        self._offset += len(piece)
        self._pass_lines(piece)
        return True

    def _find(self) -> bool:
        """The file that has the path now, if there is one."""
        try:
            # looked at before it is opened: whoever waits in a pipe for a reader must not think that there is one
            found = os.stat(self.path)
            if not stat.S_ISREG(found.st_mode):
                self._complain()
                return False
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return False
        if self._descriptor >= 0:
            self._end_line()
            os.close(self._descriptor)
            self._begin_anew()
        self._take_file(descriptor)
        return True

    def _take_file(self, descriptor: int) -> None:
        self._descriptor, self._file = descriptor, os.fstat(descriptor).st_ino

    def _is_elsewhere(self) -> bool:
        try:
            found = os.stat(self.path)
        except OSError:
            return False
        return found.st_ino != self._file

    def _was_rewritten(self, found: os.stat_result) -> bool:
        if found.st_size < self._offset:
            return True
        if found.st_mtime_ns == self._changed or not self._known_by:
            return False
        return os.pread(self._descriptor, len(self._known_by), self._offset - len(self._known_by)) != self._known_by

    def _begin_anew(self) -> None:
        """Another content has other numbers."""
        if self._rest.strip():
            self._count(self._rest, "was written over before it had its end")
        self._pen.flush()
        self._generation += 1
        self._pen = Pen(self._log, f"{self._writer}{self._generation}", 0)
        self._offset, self._rest, self._known_by, self._in_long_line = 0, b"", b"", False

    def _unread(self) -> int:
        """Bytes, of the file that is read and of the one that took its place."""
        found: list[int] = []
        for place in (self._descriptor, self.path):
            try:
                found.append(os.stat(place).st_size)
            except OSError:
                continue
        return sum(found)

    def _pass_lines(self, piece: bytes) -> None:
        self._known_by = (self._known_by + piece[-KNOWN_BY:])[-KNOWN_BY:]
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if self._in_long_line and lines:
            del lines[0]
            self._in_long_line = False
        for line in lines:
            if line and not line.isspace():
                self._pass_line(line)
        if len(self._rest) > LONGEST_LINE:
            if not self._in_long_line:
                self._count(self._rest, f"is longer than {LONGEST_LINE} bytes")
            self._in_long_line, self._rest = True, b""

    def _end_line(self) -> None:
        line, self._rest = self._rest, b""
        if not self._in_long_line and line.strip():
            self._pass_line(line)

    def _pass_line(self, line: bytes) -> None:
        try:
            if len(line) > LONGEST_LINE:
                raise InvalidLine(f"is longer than {LONGEST_LINE} bytes")
            fields = self._read(line.decode("utf-8"))
        except (InvalidLine, ValueError, RecursionError) as fault:
            self._count(line, str(fault))
            return
        self._pen.add(fields.pop("event"), self._time, fields)

    def _count(self, line: bytes, why: str) -> None:
        self._misread += 1
        self._example = self._example or f"{line[:60]!r}: {why}"

    def _complain(self) -> None:
        """At once: who waits for a reader of a pipe waits for ever."""
        if not self._strange:
            self._strange = True
            print_message(f"`{self.name}` {NOT_ONE}")

    def _remarks(self) -> str:
        remarks: list[str] = []
        if self._misread:
            count = "1 line" if self._misread == 1 else f"{self._misread} lines"
            remarks.append(f"{count} of {self.name} say nothing that can be recorded: {self._example}")
        if self._anew:
            times = "once" if self._anew == 1 else f"{self._anew} times"
            remarks.append(f"{self.name} was written anew {times}: what was not yet read by then is lost")
        if self._strange:
            remarks.append(f"{self.name} {NOT_ONE}")
        return "; ".join(remarks)

    def _mark(self) -> None:
        if self._position() != self._marked:
            self._marked = self._position()
            self._note_mark(self.name, self._marked)

    def _position(self) -> list[Any]:
        """What `resume` takes: all that is known up to the end of the last whole line."""
        whole = len(self._known_by) - len(self._rest)
        return [
            *(self._generation, self._offset - len(self._rest), self._pen.number, self._misread, self._anew),
            *(self._in_long_line, self._known_by[: max(0, whole)].hex(), self._file),
        ]


def relays(events: str, metrics: str, log: Log, writer: str, since: int, note_mark: NoteMark) -> list[EventFile]:
    return [
        EventFile(events, read_report, log, writer, since, note_mark),
        EventFile(metrics, read_metric, log, writer, since, note_mark),
    ]


def captured(log: Log, table: Table, *given: Any) -> Any:
    """What else the step's code says: taken by a program that the table brings where the pipeline asks for that."""
    import builtins

    names: dict[str, Any] = {}
    # by its module: where a program names it, a minifier leaves all names as they are
    builtins.exec(unpacked_text("".join(table.capture["program"])), names)
    capture = names["Capture"](Pen(log, log.writer + ".c", 0), SECRETS.cover, table, *given)
    capture.open()
    return capture
