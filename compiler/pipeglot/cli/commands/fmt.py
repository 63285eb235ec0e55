"""`pipeglot fmt`."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from pathlib import Path

from pipeglot.cli.printing import print_diagnostics, print_text, say_exactly
from pipeglot.diagnostics import Diagnostic, SpecRejected

STREAM = "-"


def run(options: argparse.Namespace) -> int:
    from pipeglot.cli.main import exit_code
    from pipeglot.files import write_all

    faults: list[Diagnostic] = []
    changed: list[tuple[Path, str, bool]] = []
    for name in _named(options):
        try:
            before, after = _formatted(name)
        except SpecRejected as rejected:
            print_diagnostics(rejected.diagnostics, rejected.sources, "text")
            faults += rejected.diagnostics
            continue
        if name == STREAM:
            say_exactly(after)
        elif before != after:
            _say(options, name, before, after)
            changed.append((Path(name), after, os.access(name, os.X_OK)))
    if not options.check and not options.diff:
        write_all(changed)
    if faults:
        return exit_code(faults)
    return 1 if changed and options.check else 0


def _named(options: argparse.Namespace) -> list[str]:
    """Of a hook all files that changed: those of others are left alone."""
    names: list[str] = options.files or ([] if options.changed else ["pipeline.yaml"])
    if not options.changed:
        return names
    from pipeglot.driver.recognition import recognised

    return [name for name in names if recognised(Path(name)) is not None]


def _formatted(name: str) -> tuple[str, str]:
    from pipeglot.edit.format import formatted
    from pipeglot.syntax.reader import read_bytes

    content = sys.stdin.buffer.read() if name == STREAM else read_bytes(Path(name), name)
    after = formatted(content, name)
    return content.decode("utf-8", "replace"), after


def _say(options: argparse.Namespace, name: str, before: str, after: str) -> None:
    if options.diff:
        lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), name, name)
        say_exactly("".join(line if line.endswith("\n") else f"{line}\n" for line in lines))
    else:
        print_text(f"{name}: {'would be formatted' if options.check else 'formatted'}")
