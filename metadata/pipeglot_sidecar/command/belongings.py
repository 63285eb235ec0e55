"""Whose an attempt's folder is, and how far its files were read: for whoever comes after a kill."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.record.event_log import Log

BELONGINGS = "attempt"
FORM = 1
ROOM_FOR_HEAD = 16 * 1024
ROOM_FOR_MARK = 512
REPORTS = {"events.jsonl": 0, "metrics.txt": 1}


class Belongings:
    """The file `attempt` of the folder: a head, and a place for each mark. Locked for as long as the sidecar lives."""

    def __init__(self, folder: str, log: Log, since: int, keeps: bool) -> None:
        self._descriptor = -1
        if log.path is None or log.attempt is None:
            return
        head = {
            "form": FORM,
            "record": os.path.relpath(log.path, folder),
            "identity": log.identity,
            "attempt": log.attempt,
            "writer": log.writer,
            "since": since,
            "keeps": keeps,
        }
        try:
            path = os.path.join(folder, BELONGINGS)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            os.lockf(self._descriptor, os.F_TLOCK, 0)
            os.pwrite(self._descriptor, json.dumps(head).encode("ascii"), 0)
        except OSError:
            disown(folder)  # where nothing can be locked, or written, nobody can come after
            self._descriptor = -1

    def mark(self, name: str, mark: list[Any]) -> None:
        if self._descriptor < 0:
            return
        text = json.dumps(mark).encode("ascii").ljust(ROOM_FOR_MARK)
        try:
            os.pwrite(self._descriptor, text, ROOM_FOR_HEAD + ROOM_FOR_MARK * REPORTS[name])
        except OSError:
            return  # who reads on from an older mark writes again what folds


def disown(folder: str) -> None:
    try:
        os.unlink(os.path.join(folder, BELONGINGS))
    except OSError:
        return
