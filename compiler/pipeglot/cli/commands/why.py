"""`pipeglot why`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.show.questions import keys

    with asked(options.records) as (store, _):
        found = keys.answer(store, options.step, options.runs)
    if options.format == "json":
        say_json(keys.as_json(found))
    else:
        print_text(keys.page(found))
    return 0
