"""`pipeglot submit`."""

from __future__ import annotations

import argparse
import os
import time
import uuid
from pathlib import Path

from pipeglot import keeping
from pipeglot.cli import run_params
from pipeglot.cli.main import REJECTED
from pipeglot.cli.origin import commit_of, origin_of
from pipeglot.cli.printing import print_text, say_json
from pipeglot.cli.remote import access, collected, exit_of, refuse_without_engine
from pipeglot.diagnostics import Diagnostic, SpecRejected


def run(options: argparse.Namespace) -> int:
    from pipeglot.driver.compiling import compiled, load
    from pipeglot_expression.runtime.identity import timed_uuid
    from pipeglot_records.engines import remote
    from pipeglot_records.store.database import open_store

    path = Path(options.file)
    pipeline = load(path, options.profile)
    target = options.target or pipeline.target
    result = compiled(pipeline, target)
    refuse_without_engine(result.target, "no engine to submit to", "pipeglot run")
    values = run_params.given(pipeline, options.params, options.params_file)
    run_id = _run_id(options.run_id) or uuid.UUID(timed_uuid(time.time_ns() // 1_000_000, os.urandom(10)))
    kept = keeping.kept_for(path)
    settings = pipeline.settings.get(result.target, {})
    way = access(settings, kept, quiet=options.format == "json", origin=origin_of(path), replace=options.replace)
    remote.refuse_uncollectable(pipeline, str(target), way, wait=options.wait)
    keeping.make(kept)
    with open_store(options.records, os.environ, kept=kept) as store:
        code = commit_of(path) if "git" in pipeline.records.capture else None
        known = remote.begin(store, pipeline, str(target), result.files, run_id, values, way, code)
        if options.format == "text":
            verb = "was there already" if known.handle.known else "submitted"
            print_text(
                f"run {run_id} {verb}: {', '.join(f'{name} {value}' for name, value in known.handle.native.items())}"
            )
        if not options.wait:
            if options.format == "json":
                say_json({"run": str(run_id), "native": dict(known.handle.native), "known": known.handle.known})
            return 0
        state = collected(store, known, way, options.format)
    return exit_of(state) if state else REJECTED


def _run_id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise SpecRejected([Diagnostic("PG506", f"`{text}` is not a UUID, and a run's id is one")]) from None
