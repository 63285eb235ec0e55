"""`pipeglot run`."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeglot import keeping
from pipeglot.cli import run_params, streams
from pipeglot.cli.printing import print_text, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected


def run(options: argparse.Namespace) -> int:
    from pipeglot.driver import compiling, own_code
    from pipeglot_backends.local.display.lines import Lines
    from pipeglot_backends.local.display.live import Live
    from pipeglot_backends.local.display.summary import summary
    from pipeglot_backends.local.engine.progress import Observer
    from pipeglot_backends.local.run import Caching, RunIdRefused, RunOptions, run_pipeline
    from pipeglot_backends.local.secrets import SecretMissing
    from pipeglot_backends.local.vital import forget
    from pipeglot_expression.values import to_wire
    from pipeglot_records.engines.live import Follower
    from pipeglot_records.reuse.beginning import Asked, goes_on_from, refreshed, settled
    from pipeglot_records.store.database import open_store

    path = Path(options.file)
    pipeline = compiling.load(path, options.profile)
    part = Asked(options.resume, options.again, options.only, options.until)
    check = _nothing if part.takes else run_params.given
    check(pipeline, options.params, options.params_file)  # what is wrong with them is said before there is a store
    files = compiling.compiled(pipeline, "local").files
    definition = next(file.text for file in files if file.path == "definition.json")
    hashed = None if options.no_cache else own_code.code_hash(pipeline, path.parent)
    caching = Caching(options.no_cache, refreshed(options.refresh, definition), hashed)
    observer: Observer | None = None
    if options.format == "text":
        observer = Live(sys.stdout, os.environ) if sys.stdout.isatty() else Lines(sys.stdout)
    kept = keeping.kept_for(path)
    asked = RunOptions(path.parent, options.jobs, options.isolated, options.keep, options.run_id, kept=kept)
    sink = pipeline.records.server
    with open_store(options.records, os.environ, kept=kept) as store, Follower(store, sink, definition) as follower:
        past = goes_on_from(store, kept, part, pipeline.name, options.run_id)
        before = past.values if past else {}
        values = run_params.complete(pipeline, run_params.given(pipeline, options.params, options.params_file, before))
        chosen = settled(part, past, definition, run_params.shown(pipeline, values))
        if chosen.notes and observer is not None:
            _tell(chosen.notes)
        store.register(definition)
        asked = replace(asked, store=store.name, begun=follower.begin, selection=chosen.selection, caching=caching)
        try:
            result = run_pipeline(files, {name: to_wire(value) for name, value in values.items()}, asked, observer)
        except SecretMissing as missing:
            raise SpecRejected([Diagnostic("PG531", str(missing))]) from None
        except RunIdRefused as refused:
            raise SpecRejected([Diagnostic("PG506", str(refused))]) from None
        try:
            follower.finish()
            forget(result.folder)
        except SpecRejected as refused:
            raise _untaken(refused, result.record) from None
    if observer is not None:
        streams.settle(sys.stdout)
    if options.format == "json":
        say_json(summary(result))
    return result.exit_code


def _tell(lines: Sequence[str]) -> None:
    """A run goes on where nobody can be told of it."""
    with contextlib.suppress(OSError):
        print_text("\n".join(lines))


def _nothing(*_: object) -> None:
    """For who is told nothing, and where nothing is to be checked yet."""


def _untaken(refused: SpecRejected, record: Path) -> SpecRejected:
    """The run is over, and what the store does not take lies where the steps left it."""
    hint = f"`pipeglot collect {shlex.quote(str(record))}` takes the record in later"
    return SpecRejected(
        [replace(each, hint=hint) for each in refused.diagnostics], disk=f"The record is in `{record}`."
    )
