"""`pipeglot set`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from pipeglot.cli.printing import print_text
from pipeglot.diagnostics import Severity, SpecRejected


def run(options: argparse.Namespace) -> int:
    """Nothing is written where it would make a mistake that was not there."""
    from pipeglot.edit.setting import with_value
    from pipeglot.files import write_all
    from pipeglot.syntax.reader import held, read_file

    path = Path(options.file)
    before = read_file(path).text
    after = with_value(before, options.key, options.value, options.file)
    known = _mistakes(path)
    with held({path.resolve(): after}):
        found = _mistakes(path)
    if found is not None and (known is None or not _messages(found) <= _messages(known)):
        raise found
    if after == before:
        print_text(f"{options.file}: it is so already")
        return 0
    write_all([(path, after, os.access(path, os.X_OK))])
    print_text(f"{options.file}: {options.key} is {options.value}")
    return 0


def _mistakes(path: Path) -> SpecRejected | None:
    from pipeglot.driver.compiling import validate

    try:
        found = validate(path)
    except SpecRejected as rejected:
        return rejected
    errors = [each for each in found.diagnostics if each.severity is Severity.ERROR]
    return SpecRejected(errors, found.sources) if errors else None


def _messages(rejected: SpecRejected) -> set[str]:
    return {each.message for each in rejected.diagnostics}
