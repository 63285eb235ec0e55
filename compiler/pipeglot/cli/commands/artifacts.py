"""`pipeglot artifacts`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.show.questions import artifact_list

    with asked(options.records) as (store, _):
        found = artifact_list.artifacts(store, store.find_run(options.run))
    if options.format == "json":
        say_json([one.as_json() for one in found])
    else:
        print_text(artifact_list.page(found))
    return 0
