"""A store opened to be asked, with the runs of this machine looked after first, so that none is told wrong."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

from pipeglot import keeping
from pipeglot_records.engines.settling import look
from pipeglot_records.model.vital import Vital
from pipeglot_records.store.database import Store, open_store


@contextmanager
def asked(place: str | None) -> Generator[tuple[Store, Vital], None, None]:
    """Not made where there is none. `Vital` is what lives of the runs that are not over."""
    with open_store(place, os.environ, make=False) as store:
        yield store, look(store, keeping.kept_here())
