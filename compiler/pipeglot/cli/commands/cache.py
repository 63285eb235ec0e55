"""`pipeglot cache`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json

if TYPE_CHECKING:
    from pipeglot_records.reuse.stored import SweptStore


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.show.formatting import counted, size

    found, place = _swept(options)
    if options.format == "json":
        told = {"applied": options.apply, "kept": found.kept, "entries": found.entries, "bytes": found.bytes}
        say_json({**told, **({"young": found.young} if found.young else {})})
        return 0
    lines = [f"kept: {counted(found.kept, 'result')} in {place}"]
    gone = f"{counted(found.entries, 'result')} and {size(found.bytes)} of artifacts"
    lines.append(f"removed {gone}" if options.apply else f"{gone} would be removed, and is by --apply")
    if found.young:
        lines.append(f"left: {counted(found.young, 'artifact')} that came less than two weeks ago")
    print_text("\n".join(lines) + "\n")
    return 0


def _swept(options: argparse.Namespace) -> tuple[SweptStore, str]:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.reuse.kept_work import sweep_work
    from pipeglot_records.reuse.stored import SweptStore, sweep_kept_work

    place = str(options.store or keeping.kept_here()).removeprefix("file://")
    if "://" in place:
        with asked(options.records) as (store, _):
            return sweep_kept_work(store, place.rstrip("/"), options.unused, apply=options.apply), place
    found = sweep_work(Path(place), options.unused, apply=options.apply)
    return SweptStore(found.kept, found.entries, bytes=found.size), place
