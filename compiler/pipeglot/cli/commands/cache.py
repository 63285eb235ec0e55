"""`pipeglot cache`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.reuse.kept_work import sweep_work
    from pipeglot_records.show.formatting import counted, size

    place = Path(options.store) if options.store else keeping.kept_here()
    found = sweep_work(place, options.unused, apply=options.apply)
    if options.format == "json":
        say_json({"applied": options.apply, "kept": found.kept, "entries": found.entries, "bytes": found.size})
        return 0
    lines = [f"kept: {counted(found.kept, 'result')} in {place}"]
    gone = f"{counted(found.entries, 'result')} and {size(found.size)} of artifacts"
    lines.append(f"removed {gone}" if options.apply else f"{gone} would be removed, and is by --apply")
    print_text("\n".join(lines) + "\n")
    return 0
