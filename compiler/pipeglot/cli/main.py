"""From arguments to an exit code: the one place that prints diagnostics and catches what is our fault."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from pipeglot.cli import arguments
from pipeglot.cli.printing import complain
from pipeglot.diagnostics import Diagnostic, SpecRejected

UNKNOWN_PROFILE = "PG208"
FINE, REJECTED, USAGE, BUG, WORLD, INTERRUPTED = 0, 1, 2, 3, 4, 130


def main(argv: Sequence[str] | None = None) -> int:
    parser = arguments.parser()
    options = parser.parse_args(argv)
    if options.version:
        from pipeglot import __version__

        print(f"pipeglot {__version__}")
        return FINE
    if options.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    output = getattr(options, "format", "text")
    try:
        return int(importlib.import_module(f"pipeglot.cli.{options.command}").run(options))
    except SpecRejected as rejected:
        complain(rejected.diagnostics, rejected.sources, output)
        return exit_code(rejected.diagnostics)
    except BrokenPipeError:
        # whoever reads us has left; a second failure at interpreter exit would say so once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as fault:
        complain([Diagnostic("PG519", _of_the_world(fault))], (), output)
        return WORLD
    except Exception as bug:
        if os.environ.get("PIPEGLOT_TRACEBACK"):
            traceback.print_exc()
        complain([_bug(bug)], (), output)
        return BUG


def exit_code(diagnostics: Sequence[Diagnostic]) -> int:
    """1 for a spec, 2 for the command line (PG50x), 4 for the world (PG51x and up)."""
    codes = [each.code for each in diagnostics]
    if any(code.startswith("PG50") or code == UNKNOWN_PROFILE for code in codes):
        return USAGE
    return WORLD if codes and all(code.startswith("PG5") for code in codes) else REJECTED


def _of_the_world(fault: OSError) -> str:
    what = (fault.strerror or type(fault).__name__).lower()
    return f"`{fault.filename}`: {what}" if fault.filename else what


def _bug(bug: Exception) -> Diagnostic:
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    where = f"{os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}"  # noqa: PTH119  # a name to print
    return Diagnostic(
        "PG901",
        f"pipeglot itself failed: {type(bug).__name__}: {bug} ({where})",
        hint="run again with PIPEGLOT_TRACEBACK=1 and report what it prints",
    )
