"""`pipeglot metrics`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import print_text, say_exactly, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.show.questions import curves

    with asked(options.records) as (store, _):
        found = curves.curves(store, store.find_run(options.run), options.step, options.name)
    if options.plot:
        from pipeglot_records.show.questions.plots import plot

        plot(found, options.plot)
    elif options.format == "json":
        say_json(curves.as_json(found))
    elif options.format == "csv":
        say_exactly(curves.as_csv(found))
    else:
        print_text(curves.page(found))
    return 0
