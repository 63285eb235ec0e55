"""`pipeglot compare`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import print_text, say_exactly, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.show import run_table
    from pipeglot_records.show.questions import comparison

    with asked(options.records) as (store, vital):
        runs = [store.find_run(name) for name in options.runs or ["last"]]
        found = (
            comparison.of_items(store, runs[0], options.items, vital)
            if options.items
            else comparison.of_runs(store, runs, vital)
        )
    if found is None:
        raise SpecRejected([Diagnostic("PG550", f"run `{runs[0]}` has no fan-out `{options.items}`")])
    by = options.max or options.min
    if by and by not in found.names:
        message = (
            f"nothing that is compared is called `{by}`: there are {', '.join(f'`{name}`' for name in found.names)}"
        )
        raise SpecRejected([Diagnostic("PG553", message)])
    if by:
        comparison.marked(found, by, greatest=bool(options.max))
    if options.format == "json":
        say_json([{**row, "best": at in found.best} if by else row for at, row in enumerate(found.rows)])
    elif options.format == "csv":
        say_exactly(run_table.table_csv(found.rows, found.names))
    else:
        print_text(run_table.table_text(comparison.for_text(found)))
    return 0
