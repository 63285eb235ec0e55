"""`pipeglot collect`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from pipeglot.cli.printing import say, say_json
from pipeglot.cli.remote import access, remote_run


def run(options: argparse.Namespace) -> int:
    from pipeglot_records import remote
    from pipeglot_records.ingest import ingest_folder
    from pipeglot_records.store import open_store

    place = Path(options.place) if options.place else None
    with open_store(options.records, os.environ, make=place is not None and place.exists()) as store:
        for name in options.definition:
            store.register(Path(name).read_text("utf-8"))
        if place is not None and place.exists():
            taken, state = ingest_folder(store, place), None
        else:
            known = remote_run(store, options.place)
            taken, state = remote.fetch(store, known, access(known.settings))
    if options.format == "json":
        told = {"events": taken.events, "new": taken.new, "torn": taken.torn, "runs": list(taken.runs)}
        say_json({**told, **({"state": state.value} if state else {})})
        return 0
    ended = f"; the engine says: {state.value}" if state else ""
    say(f"{taken.new} new events of {taken.events} in {len(taken.runs)} runs{ended}")
    return 0
