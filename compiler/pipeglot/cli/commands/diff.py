"""`pipeglot diff`."""

from __future__ import annotations

import argparse
import os

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.settling import look
    from pipeglot_records.show.questions import difference_text, differences
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        vital = look(store, keeping.kept_here())
        before, after = store.find_run(options.before), store.find_run(options.after)
        found = differences.differences(store, before, after, vital)
    if options.format == "json":
        say_json(differences.as_json(found))
    else:
        print_text(difference_text.page(found))
    return 0
