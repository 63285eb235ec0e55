"""`pipeglot metrics`."""

from __future__ import annotations

import argparse
import os

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_exactly, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.settling import look
    from pipeglot_records.show.questions import curves
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        look(store, keeping.kept_here())
        found = curves.curves(store, store.find_run(options.run), options.step, options.name)
    if options.format == "json":
        say_json(curves.as_json(found))
    elif options.format == "csv":
        say_exactly(curves.as_csv(found))
    else:
        print_text(curves.page(found))
    return 0
