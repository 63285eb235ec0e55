"""`pipeglot runs`."""

from __future__ import annotations

import argparse
import os

from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.show.run_list import list_runs, runs_text
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        found = list_runs(store, pipeline=options.pipeline, state=options.state, limit=options.limit)
    if options.format == "json":
        say_json(found)
    else:
        print_text(runs_text(found))
    return 0
