"""`pipeglot plan`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot.cli.printing import print_text, say_exactly, say_json

if TYPE_CHECKING:
    from pipeglot.ir import Pipeline
    from pipeglot_backends.protocol import Backend, EmittedFile, Options


def run(options: argparse.Namespace) -> int:
    from pipeglot.driver import compiling
    from pipeglot.driver.graphs import drawn
    from pipeglot.driver.planning import plan, plan_text

    pipeline = compiling.load(Path(options.file), options.profile)
    if options.graph:
        say_exactly(drawn(pipeline, options.graph))
        return 0
    backend, version = compiling.find_target(options.target or pipeline.target or "local")
    compiling.check_settings(pipeline, backend)
    chosen = compiling.options_for(pipeline, backend, version)
    report = plan(pipeline, backend, chosen, _emitted(pipeline, backend, chosen))
    if options.format == "json":
        say_json(report)
    else:
        print_text(plan_text(report))
    return 1 if report["cannot"] else 0


def _emitted(pipeline: Pipeline, backend: Backend, chosen: Options) -> tuple[EmittedFile, ...]:
    """Nothing of what is refused, where that is more than `emit` is able to write."""
    from pipeglot.driver import compiling

    try:
        return backend.emit(pipeline, chosen)
    except Exception:
        if compiling.refusals(pipeline, backend, chosen.version):
            return ()
        raise
