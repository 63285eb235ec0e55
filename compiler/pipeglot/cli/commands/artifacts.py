"""`pipeglot artifacts`."""

from __future__ import annotations

import argparse
import os

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.settling import look
    from pipeglot_records.show.questions import artifact_list
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        look(store, keeping.kept_here())
        found = artifact_list.artifacts(store, store.find_run(options.run))
    if options.format == "json":
        say_json([one.as_json() for one in found])
    else:
        print_text(artifact_list.page(found))
    return 0
