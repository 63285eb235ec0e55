"""`pipeglot validate`."""

from __future__ import annotations

import argparse
import contextlib
import gc
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot.cli.printing import print_diagnostics, print_text, say_json
from pipeglot.diagnostics import Diagnostic, Severity, SpecRejected
from pipeglot.diagnostics.sources import Source

if TYPE_CHECKING:
    from pipeglot.ir import Pipeline


@contextlib.contextmanager
def _uncollected() -> Generator[None]:
    """What a file is read to stays until the end: looking through it for garbage doubles the time of large ones."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def run(options: argparse.Namespace) -> int:
    with _uncollected():
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from pipeglot.cli.main import exit_code
    from pipeglot.driver.compiling import validate
    from pipeglot.driver.namesakes import namesakes

    diagnostics: list[Diagnostic] = []
    sources: list[Source] = []
    names = options.files or ([] if options.changed else ["pipeline.yaml"])
    if options.changed:
        from pipeglot.driver.recognition import concerned_files

        names = concerned_files(names)
    found_pipelines: dict[str, Pipeline] = {}
    for name in names:
        try:
            found = validate(Path(name), options.targets)
        except SpecRejected as rejected:
            diagnostics += rejected.diagnostics
            sources += rejected.sources
        else:
            diagnostics += found.diagnostics
            sources += found.sources
            found_pipelines.update((name, each) for each in found.pipelines[:1])
    diagnostics += namesakes(found_pipelines)
    diagnostics = [
        replace(each, severity=Severity.ERROR) if each.code in options.refuse else each for each in diagnostics
    ]
    errors = [each for each in diagnostics if each.severity.value == "error"]
    if diagnostics:
        print_diagnostics(diagnostics, sources, options.format)
    elif options.format == "json":
        say_json({"diagnostics": []})
    elif options.format == "text" and names:
        print_text("\n".join(f"{name}: fine" for name in names))
    return exit_code(errors) if errors else 0
