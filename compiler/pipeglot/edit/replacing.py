"""A pipeline file that is written anew: whole, and never with a mistake that was not in it."""

from __future__ import annotations

import os
from pathlib import Path

from pipeglot.diagnostics import Severity, SpecRejected


def replace(path: Path, before: str, after: str) -> bool:
    """Whether there was something to write. Raises `SpecRejected` where it would make a mistake that was not there."""
    from pipeglot.files import write_all
    from pipeglot.syntax.reader import held

    known = _mistakes(path)
    with held({path.resolve(): after}):
        found = _mistakes(path)
    if found is not None and (known is None or not _messages(found) <= _messages(known)):
        raise found
    if after != before:
        write_all([(path, after, os.access(path, os.X_OK))])
    return after != before


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
