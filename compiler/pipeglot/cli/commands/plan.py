"""`pipeglot plan`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeglot.cli.printing import print_text, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot.driver import compiling
    from pipeglot.driver.planning import plan, plan_text

    pipeline = compiling.load(Path(options.file), options.profile)
    backend, version = compiling.find_target(options.target or pipeline.target or "local")
    chosen = compiling.options_for(pipeline, backend, version)
    report = plan(pipeline, backend, chosen, backend.emit(pipeline, chosen))
    if options.format == "json":
        say_json(report)
    else:
        print_text(plan_text(report))
    return 1 if report["cannot"] else 0
