"""`pipeglot set`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeglot.cli.printing import print_text
from pipeglot.edit.replacing import replace


def run(options: argparse.Namespace) -> int:
    """Nothing is written where it would make a mistake that was not there."""
    from pipeglot.edit.setting import with_value
    from pipeglot.syntax.reader import read_file

    path = Path(options.file)
    before = read_file(path).text
    after = with_value(before, options.key, options.value, options.file)
    done = replace(path, before, after)
    print_text(f"{options.file}: {options.key} is {options.value}" if done else f"{options.file}: it is so already")
    return 0
