"""`pipeglot cancel`."""

from __future__ import annotations

import argparse
import getpass
import os

from pipeglot import keeping
from pipeglot.cli.printing import print_text
from pipeglot.cli.remote import access, remote_run


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines import remote
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        known = remote_run(store, options.run)
        remote.stop(store, known, access(known.settings, keeping.kept_here()), by=getpass.getuser())
    print_text(f"run {known.handle.run} is being cancelled")
    return 0
