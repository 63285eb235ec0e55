"""A run of a server, `pipeglot serve`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeglot.cli.watching.looking import PATIENCE, Looking, Seen
from pipeglot.ir import Json

if TYPE_CHECKING:
    from pipeglot_records.answering.rows import Answering


class Served:
    """It is asked again where it is away for a while."""

    def __init__(self, answering: Answering, run: str) -> None:
        self._answering, self._run = answering, run
        self._seen: Mapping[str, Json] | None = None
        self._heard = 0.0

    def look(self) -> Seen:
        from pipeglot_records.faults import ServedFault

        try:
            self._seen = self._answering.show(self._run)
        except ServedFault as fault:
            if self._seen is None or time.monotonic() - self._heard > PATIENCE:
                raise
            return Seen(self._seen, said=(fault.diagnostics[0].message,))
        self._run, self._heard = str(self._seen.get("run")), time.monotonic()
        return Seen(self._seen)


def of_server(place: str | None, run: str | None) -> Looking | None:
    """None where the place is a store."""
    from pipeglot_records.answering.choosing import answering, served

    return Served(answering(place), run or "last") if served(place) else None
