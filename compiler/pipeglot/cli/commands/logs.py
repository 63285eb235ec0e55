"""`pipeglot logs`."""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.logs import Printer, chosen_places, last_of, not_here
from pipeglot.diagnostics import SpecRejected

if TYPE_CHECKING:
    from pipeglot_records.model.run_view import RunView
    from pipeglot_records.store.database import Store

PAUSE = 0.3
"""Seconds between two looks at a log that is being written."""


def run(options: argparse.Namespace) -> int:
    from pipeglot.cli import engine_logs
    from pipeglot_records.engines import remote
    from pipeglot_records.store.database import open_store

    printer = Printer()
    with open_store(options.records, os.environ, make=False) as store:
        picture, over = _looked(store, options)
        if not _print(printer, picture, options, over=over):
            known = remote.find(store, store.find_run(options.run))
            if known is not None:
                engine_logs.show(printer, picture, options, known)
                return 0
            if not options.follow:
                raise SpecRejected([not_here(picture, options)])
        while options.follow and not over:
            time.sleep(PAUSE)
            picture, over = _looked(store, options)
            _print(printer, picture, options, over=over)
    return 0


def _looked(store: Store, options: argparse.Namespace) -> tuple[RunView, bool]:
    """The run as it is now, and whether what is asked for is written to its end."""
    from pipeglot_records.engines.settling import look
    from pipeglot_records.model.run_view import OPEN
    from pipeglot_records.store.runs import load

    vital = look(store, keeping.kept_here())
    picture = load(store, store.find_run(options.run), vital=vital)
    step, places = chosen_places(picture, options)
    states = {place.state for place in places} or {step.state}
    # one that failed may be tried again, and only the end of the run says that it is not
    settled = not states & {*OPEN, "failed"} and step.state not in OPEN
    return picture, settled or picture.state not in OPEN


def _print(printer: Printer, picture: RunView, options: argparse.Namespace, *, over: bool) -> bool:
    from pipeglot_records.show.logs import sources

    step, places = chosen_places(picture, options)
    found = last_of(sources(picture, step, places), options.attempt)
    printer.headed = printer.headed or len(found) > 1
    for source in found:
        printer.show(source, last=over)
    return bool(found)
