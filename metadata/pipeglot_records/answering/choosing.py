"""Who answers, by how the place is written."""

from __future__ import annotations

import os

from pipeglot_records.answering.rows import Answering
from pipeglot_records.engines.shipping import is_sent
from pipeglot_records.store.database import VARIABLE


def served(place: str | None) -> str | None:
    """The address of a server, where the place is one."""
    place = place or os.environ.get(VARIABLE)
    return place if is_sent(place) else None


def answering(place: str | None, token: str | None = None) -> Answering:
    """Whoever answers there."""
    address = served(place)
    if address is not None:
        from pipeglot_records.answering.served import Served

        return Served(address, token)
    from pipeglot_records.answering.kept import Kept

    return Kept(place)
