"""`pipeglot gc`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json

if TYPE_CHECKING:
    from pipeglot_records.engines.sweeping import Survey


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.engines.sweeping import survey, sweep
    from pipeglot_records.registry.needed import runs_of_versions

    kept = keeping.kept_here()
    with asked(options.records) as (store, _):
        found = survey(store, kept, options.keep_last, runs_of_versions(store))
    failed = sweep(kept, found) if options.apply else 0
    if options.format == "json":
        say_json(_as_json(found, options.apply))
    else:
        print_text(_page(found, options, failed))
    return 1 if failed else 0


def _as_json(found: Survey, applied: bool) -> object:
    return {
        "applied": applied,
        "bytes": sum(each.size for each in found.unneeded),
        "runs": [
            {"run": each.run, "pipeline": each.pipeline, "state": each.state, "bytes": each.size, "kept": each.because}
            for each in found.held
        ],
        "unknown": found.strangers,
        "stored": found.stored,
    }


def _page(found: Survey, options: argparse.Namespace, failed: int) -> str:
    from pipeglot_records.show.columns import aligned
    from pipeglot_records.show.formatting import counted, size

    rows = [("RUN", "PIPELINE", "STATE", "SIZE", "")]
    done = "removed" if options.apply else "no kept run needs it"
    rows += [
        (each.run, each.pipeline or "?", each.state or "", size(each.size), each.because or done) for each in found.held
    ]
    lines = aligned(rows, right=frozenset({3})) if found.held else []
    total, count = size(sum(each.size for each in found.unneeded)), counted(len(found.unneeded), "run")
    if options.apply:
        lines.append(f"removed {total} of {count}; their records and logs stay")
    elif options.keep_last is None:
        lines.append("nothing is removed: --keep-last N says how many runs of each pipeline are kept")
    else:
        lines.append(f"{total} of {count} would be removed, and is by --apply; records and logs stay")
    if failed:
        lines.append(f"{counted(failed, 'place')} could not be removed")
    if found.strangers:
        lines.append(f"left: {counted(found.strangers, 'folder')} of runs that this store does not know")
    if found.stored:
        lines.append(f"left: {counted(found.stored, 'artifact')} in object stores, which others may share")
    return "\n".join(line.rstrip() for line in lines) + "\n"
