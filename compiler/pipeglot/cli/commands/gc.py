"""`pipeglot gc`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json

if TYPE_CHECKING:
    from pipeglot_records.engines.sweeping import Survey
    from pipeglot_records.reuse.stored import SweptStore

TOLD_OF_STORES = ("artifacts", "bytes", "young")


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.engines.sweeping import survey, sweep
    from pipeglot_records.registry.needed import runs_of_versions
    from pipeglot_records.reuse.stored import sweep_stores

    kept = keeping.kept_here()
    with asked(options.records) as (store, _):
        found = survey(store, kept, options.keep_last, runs_of_versions(store))
    swept = sweep_stores(found.stored, apply=options.apply) if options.stores else None
    failed = sweep(kept, found) if options.apply else 0
    if options.format == "json":
        say_json(_as_json(found, options.apply, swept))
    else:
        print_text(_page(found, options, failed, swept))
    return 1 if failed else 0


def _as_json(found: Survey, applied: bool, swept: SweptStore | None) -> object:
    return {
        "applied": applied,
        "bytes": sum(each.size for each in found.unneeded),
        "runs": [
            {"run": each.run, "pipeline": each.pipeline, "state": each.state, "bytes": each.size, "kept": each.because}
            for each in found.held
        ],
        "unknown": found.strangers,
        "stored": len(found.stored),
        **({} if swept is None else {"swept": {name: getattr(swept, name) for name in TOLD_OF_STORES}}),
    }


def _page(found: Survey, options: argparse.Namespace, failed: int, swept: SweptStore | None) -> str:
    from pipeglot_records.show.formatting import aligned, counted, size

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
    lines += _left(found, options, failed, swept)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _left(found: Survey, options: argparse.Namespace, failed: int, swept: SweptStore | None) -> list[str]:
    from pipeglot_records.show.formatting import counted, size

    lines: list[str] = []
    if failed:
        lines.append(f"{counted(failed, 'place')} could not be removed")
    if found.strangers:
        lines.append(f"left: {counted(found.strangers, 'folder')} of runs that this store does not know")
    if swept is not None:
        done = "removed" if options.apply else "would be removed, and is by --apply"
        lines.append(f"in object stores: {counted(swept.artifacts, 'artifact')} of {size(swept.bytes)} {done}")
    elif found.stored:
        count = counted(len(found.stored), "artifact")
        lines.append(f"left: {count} in object stores, which others may share; --stores looks at them")
    if swept is not None and swept.young:
        lines.append(f"left: {counted(swept.young, 'artifact')} there that came less than two weeks ago")
    return lines
