"""`pipeglot status`."""

from __future__ import annotations

import argparse
import os

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json
from pipeglot.cli.remote import access, remote_run


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines import remote
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        known = remote_run(store, options.run)
    progress = remote.follow(known, access(known.settings, keeping.kept_here()))
    if options.format == "json":
        say_json({"run": str(known.handle.run), "state": progress.state.value, "tasks": dict(progress.tasks)})
        return 0
    print_text(
        "\n".join([f"run {known.handle.run} {progress.state.value}", *(f"  {t}: {w}" for t, w in progress.tasks)])
    )
    return 0
