"""`pipeglot package`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeglot.cli.printing import print_text


def run(options: argparse.Namespace) -> int:
    from pipeglot.driver.loading import load
    from pipeglot.driver.packaging import package

    pipeline = load(Path(options.file), options.profile)
    made = list(package(pipeline, Path(options.output) if options.output else None))
    for archive, code, steps, path in made:
        print_text(f"packed {archive.files} files of `{code.source}` for {', '.join(steps)}: {path}")
    if not made:
        print_text(f"{options.file}: no step has code that is packed")
    return 0
