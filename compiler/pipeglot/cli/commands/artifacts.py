"""`pipeglot artifacts`."""

from __future__ import annotations

import argparse
import os

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.settling import look
    from pipeglot_records.show.questions import artifact_list
    from pipeglot_records.store.database import RunUnknown, open_store

    with open_store(options.records, os.environ, make=False) as store:
        look(store, keeping.kept_here())
        try:
            found = artifact_list.artifacts(store, store.find_run(options.run))
        except RunUnknown as unknown:
            raise SpecRejected([Diagnostic("PG509", str(unknown))]) from None
    if options.format == "json":
        say_json([one.as_json() for one in found])
    else:
        print_text(artifact_list.page(found))
    return 0
