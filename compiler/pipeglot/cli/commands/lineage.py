"""`pipeglot lineage`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import print_text, say_exactly, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.queries.lineage import lineage
    from pipeglot_records.show.questions import lineage_forms as forms

    up, down = options.up or not options.down, options.down or not options.up
    with asked(options.records) as (store, _):
        run_id = store.find_run(options.run)
        found = lineage(store, run_id, options.artifact, up=up, down=down)
    if options.artifact and not found.begun:
        raise SpecRejected([Diagnostic("PG550", f"run `{run_id}` left no artifact `{options.artifact}`")])
    if options.format == "json":
        say_json(forms.as_json(found))
    elif options.format in forms.FORMS:
        say_exactly(forms.FORMS[options.format](found))
    else:
        print_text(forms.tree(found, run_id, up=up, down=down))
    return 0
