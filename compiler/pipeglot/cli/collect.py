"""`pipeglot collect`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from pipeglot.cli.printing import say, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.ingest import ingest_folder
    from pipeglot_records.store import open_store

    with open_store(options.records, os.environ) as store:
        for name in options.definition:
            store.register(Path(name).read_text("utf-8"))
        taken = ingest_folder(store, Path(options.place))
    if options.format == "json":
        say_json({"events": taken.events, "new": taken.new, "torn": taken.torn, "runs": list(taken.runs)})
    else:
        say(f"{taken.new} new events of {taken.events} in {len(taken.runs)} runs")
    return 0
