"""From arguments to an exit code: the one place that prints diagnostics and catches what is our fault."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from pipeglot.cli import arguments, streams
from pipeglot.cli.printing import print_diagnostics, print_text
from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.rendering import redaction

OF_THE_COMMAND_LINE = ("PG208", "PG528", "PG530", "PG550", "PG553", "PG570", "PG580", "PG581", "PG590", "PG600")
BROKEN_TARGET = ("PG431", "PG432")
"""What is installed here is at fault, and neither spec nor command line."""
GIVEN = ("PG500", "PG501")
"""Values of params, wherever they were given: by the command line itself, or in a file that it names."""
OK, REJECTED, USAGE, BUG, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 4, 130


def main(argv: Sequence[str] | None = None) -> int:
    streams.open_all()
    redaction.begin(os.environ)
    options = arguments.parse(argv)
    output = getattr(options, "format", "text")
    try:
        code = _answered(options, output)
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever reads us has left, and that is theirs to decide
        streams.leave(sys.stdout)
        return OK
    except OSError as fault:
        return _refused_by_the_world(fault, output)
    return code


def _answered(options: argparse.Namespace, output: str) -> int:
    """Raises what the world has against it: a disk, or the stream that was to be written to."""
    try:
        return _done(options)
    except SpecRejected as rejected:
        print_diagnostics(rejected.diagnostics, rejected.sources, output, rejected.disk)
        return exit_code(rejected.diagnostics)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError:
        raise
    except Exception as bug:
        if os.environ.get("PIPEGLOT_TRACEBACK"):
            sys.stderr.write(redaction.redacted(traceback.format_exc()))
        blamed = _of_a_stranger(bug)
        print_diagnostics([blamed or _bug(bug)], (), output)
        return ENVIRONMENT if blamed else BUG


def _done(options: argparse.Namespace) -> int:
    if options.version:
        from pipeglot import __version__

        print_text(f"pipeglot {__version__}")
        return OK
    return int(importlib.import_module(f"pipeglot.cli.commands.{options.command}").run(options))


def _refused_by_the_world(fault: OSError, output: str) -> int:
    found = [Diagnostic("PG519", _of_the_world(fault))]
    try:
        print_diagnostics(found, (), output)
        sys.stdout.flush()
    except OSError:
        # standard output itself is what failed
        streams.leave(sys.stdout)
        with contextlib.suppress(OSError):
            print_diagnostics(found, (), "text")
    return ENVIRONMENT


def exit_code(diagnostics: Sequence[Diagnostic]) -> int:
    """1 for a spec, 2 for the command line (PG50x without a place in a spec), 4 for the world.

    The world: PG51x and up, PG6xx, PG431 and PG432.
    """
    codes = [each.code for each in diagnostics]
    if any(code in GIVEN for code in codes):
        return USAGE
    said = [each.code for each in diagnostics if each.origin is None]
    if any(code.startswith("PG50") or code in OF_THE_COMMAND_LINE for code in said):
        return USAGE
    return ENVIRONMENT if said and all(code.startswith(("PG5", "PG6", *BROKEN_TARGET)) for code in codes) else REJECTED


def _of_the_world(fault: OSError) -> str:
    what = (fault.strerror or type(fault).__name__).lower()
    return f"`{fault.filename}`: {what}" if fault.filename else what


def _of_a_stranger(bug: Exception) -> Diagnostic | None:
    """What a target that others have installed is to blame for."""
    from pipeglot_backends.strangers import blamed

    return blamed(bug)


def _bug(bug: Exception) -> Diagnostic:
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    where = f"{os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}"  # noqa: PTH119  # a name to print
    return Diagnostic(
        "PG901",
        f"pipeglot itself failed: {type(bug).__name__}: {bug} ({where})",
        hint="run again with PIPEGLOT_TRACEBACK=1 and report what it prints",
    )
