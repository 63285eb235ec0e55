"""A run on an engine: of which that engine is asked, beside the record."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.remote import access
from pipeglot.cli.watching.looking import PATIENCE, Kept, Looking, Seen
from pipeglot.diagnostics import SpecRejected

if TYPE_CHECKING:
    from pipeglot_backends.remote.protocol import Progress
    from pipeglot_records.engines.remote import Remote
    from pipeglot_records.store.database import Store


class OnEngine:
    """A run of which an engine is asked too; whatever its word is for, its record is brought."""

    def __init__(self, kept: Kept, known: Remote) -> None:
        self._kept, self._known = kept, known
        self._way = access(known.settings, keeping.kept_here(), quiet=True)
        self._words: tuple[tuple[str, str], ...] | None = None
        self._heard = 0.0
        self._progress: Progress | None = None

    def look(self) -> Seen:
        seen = self._kept.look()
        # what is over in the record is not asked for: the engine may have forgotten it
        if seen.code is not None:
            return seen
        silent = self._asked()
        progress = self._progress
        seen = self._kept.look()
        if progress is None:
            return seen
        texts = [progress.message, *(f"{task}: {text}" for task, text in progress.messages.items())]
        said = [*(f"the engine says: {text}" for text in texts if text), silent]
        gone = progress.state.value == "gone"
        return Seen(seen.picture, dict(progress.tasks), tuple(each for each in said if each), gone)

    def _asked(self) -> str | None:
        """Why it was not to be had, for now. Raises `SpecRejected` when that is so from the first, or for long."""
        try:
            self._ask()
        except SpecRejected as rejected:
            if time.monotonic() - self._heard > PATIENCE or self._progress is None:
                raise
            return f"no answer of the engine for now: {rejected.diagnostics[0].message}"
        self._heard = time.monotonic()
        return None

    def _ask(self) -> None:
        from pipeglot_records.engines.remote import fetch, follow

        progress = self._progress = follow(self._known, self._way)
        if progress.tasks != self._words or progress.state.over:
            fetch(self._kept.store, self._known, self._way)
            self._words = progress.tasks


def looking(store: Store, run: str) -> Looking:
    """By its whole id."""
    from pipeglot_records.engines.remote import find

    kept, known = Kept(store, run), find(store, run)
    return kept if known is None else OnEngine(kept, known)
