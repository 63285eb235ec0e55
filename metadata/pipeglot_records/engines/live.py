"""Takes the record of a run in while it is being written."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from pipeglot.diagnostics import SpecRejected
from pipeglot.rendering.redaction import redacted
from pipeglot_records.engines.shipping import Shipper, is_sent
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.ingest import Ingested, Tail

PAUSE = 1.0
"""Seconds between two looks; more where a look takes long, so that it never takes a tenth of a core."""


class Follower:
    """A thread of its own. What the store does not take now, it takes later: a run never waits for it."""

    def __init__(self, store: Store, sink: str | None = None, definition: str = "") -> None:
        self._store = store
        self._shipper = Shipper(str(sink), definition) if is_sent(sink) else None
        self._record = Path()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._tail: Tail | None = None

    def begin(self, record: Path) -> None:
        """Once the first event is written: the run is in the store before anything of it starts."""
        self._tail, self._record = Tail(self._store, record), record
        self._look()
        self._thread = threading.Thread(target=self._follow, name="records", daemon=True)
        self._thread.start()
        if self._shipper:
            self._shipper.begin(record)

    def finish(self) -> Ingested:
        """All the rest. Raises what the store has against it."""
        self._stop()
        return self._tail.poll(last=True) if self._tail else Ingested()

    def _follow(self) -> None:
        pause = PAUSE
        while not self._over.wait(pause):
            since = time.monotonic()
            self._look()
            pause = max(PAUSE, 10 * (time.monotonic() - since))

    def _look(self) -> None:
        with suppress(SpecRejected, OSError):
            if self._tail:
                self._tail.poll()

    def _stop(self) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()

    def __enter__(self) -> Follower:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        why = self._shipper.finish() if self._shipper else None
        if why:
            text = f"pipeglot: not all of the record is at the sink: {why}; it is in the store, and in `{self._record}`"
            print(redacted(text), file=sys.stderr, flush=True)
