"""`pipeglot watch`."""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeglot.cli.watching.looking import Looking
    from pipeglot.cli.watching.telling import Teller

PAUSE = 1.0
"""Seconds between two looks; more where a look takes long, so that it never takes a tenth of a core."""


def run(options: argparse.Namespace) -> int:
    from pipeglot.cli.watching.on_server import of_server
    from pipeglot.cli.watching.telling import teller

    looked = of_server(options.records, options.run)
    return watch(looked, teller(options.format)) if looked else _of_store(options)


def _of_store(options: argparse.Namespace) -> int:
    from pipeglot.cli.watching.on_engine import looking
    from pipeglot.cli.watching.telling import teller
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        return watch(looking(store, store.find_run(options.run)), teller(options.format))


def watch(looked: Looking, told: Teller) -> int:
    """Until it is over, as it ended: what a run of that end leaves as its exit code."""
    while True:
        since = time.monotonic()
        seen = looked.look()
        told.tell(seen, last=seen.code is not None)
        if seen.code is not None:
            return seen.code
        time.sleep(max(PAUSE, 10 * (time.monotonic() - since)))
