"""`pipeglot runs`."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_exactly, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from pipeglot_records.queries.filter import Field, Wanted

SHOWN = ("run", "pipeline", "state", "started", "duration", "target")
KNOWN = (*SHOWN, "ended", "profile")


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.settling import look
    from pipeglot_records.queries.filter import NotComparable
    from pipeglot_records.show import run_list, run_table
    from pipeglot_records.store.database import open_store

    wanted, fields = _asked(options)
    with open_store(options.records, os.environ, make=False) as store:
        try:
            rows = run_list.asked(store, wanted, fields, look(store, keeping.kept_here()))
        except NotComparable as fault:
            raise SpecRejected([Diagnostic("PG553", str(fault))]) from None
    if options.format == "json":
        say_json(rows)
    elif options.format == "csv":
        say_exactly(run_table.table_csv(rows, [".".join(field) for field in fields]))
    else:
        print_text(run_table.as_text(rows, usual=not fields))
    return 0


def _asked(options: argparse.Namespace) -> tuple[Wanted, tuple[Field, ...]]:
    """What runs, and what of each: none of the usual form is asked for where nothing is added to it."""
    from pipeglot_records.queries.filter import NAMED, FilterFault, Wanted, field, fields, parse

    try:
        where = parse(options.where) if options.where is not None else None
        sort = (field(options.sort), options.desc) if options.sort else None
        named = [field(each.strip()) for each in (options.columns or "").split(",") if each.strip()]
    except FilterFault as fault:
        text = options.where if options.where is not None and fault.end <= len(options.where) else ""
        place = f", at letter {fault.start + 1} of the filter" if text else ""
        raise SpecRejected([Diagnostic("PG553", fault.message + place, hint=fault.hint)]) from None
    asked = [*fields(where), *([sort[0]] if sort else [])]
    wanted = Wanted(options.pipeline, options.state, where, sort, options.limit)
    if named:
        return wanted, tuple(dict.fromkeys(named))
    more = [each for each in asked if each[0] in NAMED]
    if not more and options.format != "csv":
        return wanted, ()
    usual = KNOWN if options.format in ("json", "csv") else SHOWN
    return wanted, tuple(dict.fromkeys([*((name,) for name in usual), *more]))
