"""The events of a run as a whole: that it began, was stopped, is over. Written by engines of ours and by `collect`."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from pipeglot.ir import Json
from pipeglot_records.events import FORMAT
from pipeglot_records.faults import RecordsFault


class RunLog:
    """Appends to a log of its own, `FOLDER/RUN/run.WRITER.jsonl`, one write a line: what was said is not lost.

    `role` says who writes (`local`, `submit`, `cancel`, `collect`). Two processes never share a writer.
    """

    def __init__(self, folder: Path, run: str, role: str) -> None:
        self._run = run
        self._writer = f"{role}-{uuid.uuid4().hex[:12]}"
        self._seq = 0
        self.path = folder / run / f"run.{self._writer}.jsonl"

    def began(
        self,
        *,
        pipeline: str,
        definition: str,
        target: str,
        params: Mapping[str, Json] | None = None,
        sensitive: frozenset[str] = frozenset(),
        native: Mapping[str, Json] | None = None,
        profile: str | None = None,
    ) -> None:
        """`definition` is its hash; values of `sensitive` params are left out."""
        given: dict[str, Json] = {
            name: {"redacted": True} if name in sensitive else {"value": value}
            for name, value in (params or {}).items()
        }
        self._append(
            "run",
            pipeline=pipeline,
            definition=definition,
            target=target,
            params=given,
            native=dict(native or {}),
            profile=profile,
        )

    def cancelled(self, by: str) -> None:
        """Say it before anything is stopped: this word wins over what the engine makes of it."""
        self._append("cancel", by=by)

    def beat(self) -> None:
        """The run is alive, though perhaps no step of it runs."""
        self._append("heartbeat")

    def ended(self, state: str, by: str, reason: str | None = None) -> None:
        """`by` is `engine` or `local`; `reason` is `deadline` where that ended the run."""
        self._append("run-end", state=state, by=by, **({"reason": reason} if reason else {}))

    def _append(self, kind: str, **fields: Json) -> None:
        event: dict[str, Json] = {
            "v": FORMAT,
            "event": kind,
            "run": self._run,
            "step": None,
            "item": None,
            "attempt": None,
            "writer": self._writer,
            "seq": self._seq,
            "time": time.time_ns(),
            **fields,
        }
        line = json.dumps(event, separators=(",", ":"), allow_nan=False) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                os.write(descriptor, line.encode("ascii"))
            finally:
                os.close(descriptor)
        except OSError as fault:
            raise RecordsFault(f"cannot write the event log `{self.path}`: {fault.strerror}") from None
        self._seq += 1
