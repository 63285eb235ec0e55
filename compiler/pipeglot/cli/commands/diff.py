"""`pipeglot diff`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.show.questions import difference_text, differences

    with asked(options.records) as (store, vital):
        before, after = store.find_run(options.before), store.find_run(options.after)
        found = differences.differences(store, before, after, vital)
    if options.format == "json":
        say_json(differences.as_json(found))
    else:
        print_text(difference_text.page(found))
    return 0
