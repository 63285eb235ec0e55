"""`pipeglot records`."""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import IO, cast

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json

DAY = 86_400 * 10**9


def run(options: argparse.Namespace) -> int:
    return int(_ACTS[options.act](options))


def _verify(options: argparse.Namespace) -> int:
    from pipeglot_records.store.database import open_store
    from pipeglot_records.store.verification import differences, verify

    with open_store(options.records, os.environ, make=False) as store:
        gaps, found = verify(store), differences(store)
    if options.format == "json":
        say_json(
            {
                "gaps": [{"run": gap.run, "writer": gap.writer, "missing": gap.missing} for gap in gaps],
                "tables": [{"table": each.table, "surplus": each.surplus, "missing": each.missing} for each in found],
            }
        )
    else:
        lines = [f"run {gap.run}: {gap.missing} events of {gap.writer} never arrived" for gap in gaps]
        lines += [
            f"table {each.table}: {each.missing} rows are missing and {each.surplus} are surplus; "
            "`pipeglot records rebuild` makes it anew"
            for each in found
        ]
        print_text("\n".join(lines) or "the tables are what the journal says, and no event is missing")
    return 1 if gaps or found else 0


def _rebuild(options: argparse.Namespace) -> int:
    from pipeglot_records.store.database import open_store
    from pipeglot_records.store.verification import rebuild_store

    with open_store(options.records, os.environ) as store:
        print_text(f"the tables are made anew, of {rebuild_store(store):,} events")
    return 0


def _export(options: argparse.Namespace) -> int:
    from pipeglot_records.store.copies import export
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        wanted = [store.find_run(name) for name in options.runs] or None
        with _written(options.output) as file:
            for line in export(store, wanted):
                file.write(f"{line}\n")
    return 0


def _import(options: argparse.Namespace) -> int:
    from pipeglot_records.store.copies import take_in
    from pipeglot_records.store.database import open_store

    opened = gzip.open if options.file.endswith(".gz") else open
    with open_store(options.records, os.environ) as store, opened(options.file, "rt", encoding="utf-8") as file:
        taken = take_in(store, file)
    print_text(f"{taken.new:,} events are new, {taken.known:,} were known; {taken.definitions} definitions")
    return 0


def _gc(options: argparse.Namespace) -> int:
    from pipeglot_records.store.database import open_store
    from pipeglot_records.upkeep.outdated import Rule
    from pipeglot_records.upkeep.told import sweep

    days = options.older_than
    before = None if days is None else time.time_ns() - days * DAY
    rule = Rule(options.keep_last, before, options.pipeline, tuple(map(Path, options.cache)))
    with open_store(options.records, os.environ, make=False) as store:
        found = sweep(store, keeping.kept_here(), rule, apply=options.apply)
    if options.format == "json":
        say_json(found.as_json())
    else:
        print_text(found.page())
    return 0


@contextlib.contextmanager
def _written(name: str | None) -> Generator[IO[str]]:
    """Standard output, or a file that is there once it is whole; `.gz` packs it, the same bytes every time."""
    if name is None:
        yield sys.stdout
        return
    path = Path(name)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with contextlib.ExitStack() as stack:
            raw: IO[bytes] = stack.enter_context(draft.open("wb"))
            if path.suffix == ".gz":
                raw = stack.enter_context(cast("IO[bytes]", gzip.GzipFile("", "wb", mtime=0, fileobj=raw)))
            yield stack.enter_context(io.TextIOWrapper(cast("io.BufferedWriter", raw), "utf-8", newline=""))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


_ACTS = {"verify": _verify, "rebuild": _rebuild, "export": _export, "import": _import, "gc": _gc}
