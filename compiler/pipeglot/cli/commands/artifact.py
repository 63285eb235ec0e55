"""`pipeglot artifact`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from pathlib import Path

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json

OPENERS = ("xdg-open", "open")


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.bringing import bring
    from pipeglot_records.queries.contents import content, file_name, named
    from pipeglot_records.store.database import open_store

    wanted = named(options.name)
    with open_store(options.records, os.environ, make=False) as store:
        found = content(store, wanted, store.find_run(options.run) if options.run else None, options.pipeline)
    target = _folder(options, found.digest) / file_name(found.places, wanted.source)
    fresh = bring(found.name, found.places, found.digest, target)
    if options.act == "open":
        return _open(target)
    if options.format == "json":
        say_json({"path": str(target), "version": found.version, "digest": dict(found.digest), "run": found.run})
    else:
        print_text(f"{target}: version {found.version}, {'from' if fresh else 'there already, as'} run {found.run}\n")
    return 0


def _folder(options: argparse.Namespace, digest: dict[str, str]) -> Path:
    """What is opened lies in the project's own folder, under the name of its content."""
    if options.act == "get":
        return Path(options.output)
    kept = keeping.kept_here()
    keeping.make(kept)
    return kept / "opened" / next(iter(digest.values()))[:12]


def _open(target: Path) -> int:
    """By what the desktop has for it; where there is none its path is enough."""
    print_text(f"{target}\n")
    opener = os.environ.get("PIPEGLOT_OPENER") or next((each for each in OPENERS if shutil.which(each)), None)
    if opener is None:
        return 0
    return subprocess.run([opener, str(target)], check=False).returncode
