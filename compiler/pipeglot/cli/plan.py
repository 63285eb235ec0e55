"""`pipeglot plan`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeglot.cli.printing import say, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot import compiling
    from pipeglot.planning import plan, plan_text

    path = Path(options.file)
    report = plan(compiling.load(path, options.profile), options.target)
    if options.format == "json":
        say_json(report)
    else:
        say(plan_text(report))
    return 1 if report["cannot"] else 0
