"""`pipeglot show`."""

from __future__ import annotations

import argparse
import os
import sys

from pipeglot import keeping
from pipeglot.cli.printing import coloured, print_text, say_exactly, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.settling import look
    from pipeglot_records.show import normal
    from pipeglot_records.show import run as showing
    from pipeglot_records.show.text import Look
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        vital = look(store, keeping.kept_here())
        run_id = store.find_run(options.run)
        if options.format == "normal":
            say_exactly(normal.text(store, run_id, vital))
        elif options.format == "json":
            say_json(showing.as_json(store, run_id, vital))
        else:
            print_text(showing.text(store, run_id, Look(colour=coloured(sys.stdout.isatty())), vital))
    return 0
