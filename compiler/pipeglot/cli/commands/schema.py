"""`pipeglot schema`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import say_exactly


def run(options: argparse.Namespace) -> int:
    from pipeglot.driver.schemas import text_of

    say_exactly(text_of(options.name))
    return 0
