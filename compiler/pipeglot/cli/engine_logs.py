"""Logs of a run on an engine, which keeps them itself: asked for until no more comes."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.logs import Printer, brought_sources, last_of, not_here
from pipeglot.cli.remote import PAUSE, access
from pipeglot.diagnostics import SpecRejected

if TYPE_CHECKING:
    from pipeglot_records.engines.remote import Remote
    from pipeglot_records.model.run_view import RunView


def show(printer: Printer, picture: RunView, options: argparse.Namespace, known: Remote) -> None:
    """Raises `SpecRejected` where there are none."""
    from pipeglot_records.engines.step_logs import bring

    way = access(known.settings, keeping.kept_here())
    with TemporaryDirectory() as folder:
        while True:
            brought = bring(known, options.step, way, Path(folder))
            found = last_of(brought_sources(picture, options, brought), options.attempt)
            ended = brought.over or not options.follow
            if not found and ended:
                raise SpecRejected([not_here(picture, options, brought)])
            printer.headed = printer.headed or len(found) > 1
            for source in found:
                printer.show(source, last=brought.over)
            if ended:
                return
            time.sleep(PAUSE)
