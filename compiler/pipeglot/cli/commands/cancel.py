"""`pipeglot cancel`."""

from __future__ import annotations

import argparse
import getpass
import os
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.printing import print_text
from pipeglot.cli.remote import access, remote_run
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from pipeglot_records.store.database import Store


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines import remote
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        if options.run is None:
            raise SpecRejected(
                [Diagnostic("PG530", "no run is named, and none is cancelled by a guess", hint=_hint(store))]
            )
        known = remote_run(store, options.run)
        ended = remote.stop(store, known, access(known.settings, keeping.kept_here()), by=getpass.getuser())
    said = f"is over already: {ended.value}" if ended else "is being cancelled"
    print_text(f"run {known.handle.run} {said}")
    return 0


def _hint(store: Store) -> str | None:
    """The newest run, which is meant more often than not."""
    from pipeglot_records.store.database import RunUnknown

    try:
        return f"`pipeglot cancel {store.find_run()}` cancels the last one that this store knows"
    except RunUnknown:
        return None
