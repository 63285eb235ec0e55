"""`pipeglot rename`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeglot.cli.printing import print_text
from pipeglot.edit.replacing import replace


def run(options: argparse.Namespace) -> int:
    """All places of a name at once, or none."""
    from pipeglot.lsp.renaming import renamed
    from pipeglot.syntax.reader import read_file

    path = Path(options.file)
    before = read_file(path).text
    after, places = renamed(before, options.key, options.new)
    replace(path, before, after)
    count = "one place" if places == 1 else f"{places} places"
    print_text(f"{options.file}: `{options.key}` is `{options.new}` now, in {count}")
    return 0
