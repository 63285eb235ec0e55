"""`pipeglot schema`."""

from __future__ import annotations

import argparse
from importlib.resources import files

from pipeglot.cli.printing import say_exactly


def run(options: argparse.Namespace) -> int:
    say_exactly((files("pipeglot_schemas") / f"{options.name}.v1.schema.json").read_text("utf-8"))
    return 0
