"""`pipeglot runs`."""

from __future__ import annotations

import argparse
import os

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.settling import look
    from pipeglot_records.show.run_list import list_runs, runs_text
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        vital = look(store, keeping.kept_here())
        found = list_runs(store, pipeline=options.pipeline, state=options.state, limit=options.limit, vital=vital)
    if options.format == "json":
        say_json(found)
    else:
        print_text(runs_text(found))
    return 0
