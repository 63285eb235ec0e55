"""`pipeglot show`."""

from __future__ import annotations

import argparse
import sys

from pipeglot.cli.printing import coloured, print_text, say_exactly, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.show import normal
    from pipeglot_records.show import run as showing
    from pipeglot_records.show.text import Look

    with asked(options.records) as (store, vital):
        run_id = store.find_run(options.run)
        if options.format == "normal":
            say_exactly(normal.text(store, run_id, vital))
        elif options.format == "json":
            say_json(showing.as_json(store, run_id, vital))
        else:
            print_text(showing.text(store, run_id, Look(colour=coloured(sys.stdout.isatty())), vital))
    return 0
