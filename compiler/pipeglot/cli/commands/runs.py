"""`pipeglot runs`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_exactly, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeglot_records.queries import filter

SHOWN = ("run", "pipeline", "state", "started", "duration", "target")
KNOWN = (*SHOWN, "ended", "profile")
ASKED = ("pipeline", "state", "where", "sort", "desc", "columns", "limit")


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.asked import asked
    from pipeglot_records.queries import filter
    from pipeglot_records.show import run_list, run_table

    wanted, fields = _asked(options)
    with asked(options.records) as (store, vital):
        try:
            rows = run_list.asked(store, wanted, fields, vital)
        except filter.NotComparable as fault:
            raise SpecRejected([Diagnostic("PG553", str(fault))]) from None
    usual = not fields
    if options.disk:
        rows, fields = _with_disk(rows, fields, SHOWN if options.format == "text" else KNOWN)
    if options.format == "json":
        say_json(rows)
    elif options.format == "csv":
        say_exactly(run_table.table_csv(rows, [".".join(field) for field in fields]))
    else:
        print_text(run_table.as_text(rows, usual=usual))
    return 0


def _with_disk(
    rows: Sequence[Mapping[str, Any]], fields: Sequence[tuple[str, ...]], usual: Sequence[str]
) -> tuple[Sequence[Mapping[str, Any]], tuple[tuple[str, ...], ...]]:
    """Also the bytes of each run in its folder on this machine."""
    from pipeglot.contents import Sizes

    columns = tuple(fields) or tuple((name,) for name in usual)
    kept = keeping.kept_here()
    disk = [Sizes().of([kept / keeping.RUNS / str(row["run"])]) if "run" in row else None for row in rows]
    names = [".".join(field) for field in columns]
    shown = [{**{name: row[name] for name in names}, "disk": size} for row, size in zip(rows, disk, strict=True)]
    return shown, (*columns, ("disk",))


def _asked(options: argparse.Namespace) -> tuple[filter.Wanted, tuple[filter.Field, ...]]:
    from pipeglot_records.queries import asking, filter

    question = asking.Asking(*(getattr(options, name) for name in ASKED))
    usual = KNOWN if options.format in ("json", "csv") else SHOWN
    try:
        return asking.read(question, usual, always=options.format == "csv")
    except filter.FilterFault as fault:
        raise SpecRejected([Diagnostic("PG553", fault.message, hint=fault.hint)]) from None
