"""`pipeglot export`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot.cli.printing import print_text, say_exactly

if TYPE_CHECKING:
    from pipeglot_records.exports.protocol import Export, Plan
    from pipeglot_records.exports.way import Way


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.exports.formats import export
    from pipeglot_records.exports.recorded import recorded

    form = export(options.to)
    bring = _way_of(options, form)
    plan = form.plan(recorded(options.records, options.run), options.under)
    bring(plan)
    for line in plan.lost:
        _say_beside(f"left out: {line}")
    return 0


def _way_of(options: argparse.Namespace, form: Export) -> Callable[[Plan], None]:
    """Refuses what cannot be, before anything is asked."""
    from pipeglot_records.exports.addresses import way
    from pipeglot_records.exports.protocol import ExportRefused

    if options.dry_run:
        return lambda plan: say_exactly(_lines(plan))
    if not options.output:
        there = way(form, options.to, options.url, os.environ)
        return lambda plan: _send(form, plan, there)
    if not form.TO_FILES:
        hint = "give --url, and --dry-run to see what would go there"
        raise ExportRefused(f"`{options.to}` goes to a server, which gives runs their ids, and not to a file", hint)
    return lambda plan: _write(Path(options.output), plan)


def _say_beside(line: str) -> None:
    """Beside what programs read."""
    from pipeglot.rendering.redaction import redacted

    print(redacted(line), file=sys.stderr, flush=True)


def _send(form: Export, plan: Plan, there: Way) -> None:
    for line in form.send(plan.documents, there):
        print_text(f"{line}, at {there.place}")


def _write(target: Path, plan: Plan) -> None:
    """Whole or not at all; what stood there is another export, and gone."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_text(_lines(plan), "utf-8")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    print_text(f"{target}: {len(plan.documents)} documents")


def _lines(plan: Plan) -> str:
    return "".join(f"{json.dumps(each, sort_keys=True)}\n" for each in plan.documents)
