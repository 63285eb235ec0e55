"""`pipeglot compile`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeglot.cli.printing import say, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot import compiling

    status = 0
    written: list[str] = []
    for name in options.files or ["pipeline.yaml"]:
        path = Path(name)
        compiled = compiling.compile_file(path, options.target, options.profile, tuple(options.allow))
        folder = Path(options.output) if options.output else path.parent / "build" / compiled.target
        if options.stdout:
            say("".join(file.text for file in compiled.native))
        elif options.check:
            difference = compiling.stale(compiled.files, folder)
            say(difference or f"{folder}: fresh")
            status = status or (1 if difference else 0)
        else:
            compiling.write(compiled.files, folder)
            written += [str(folder / file.path) for file in compiled.files]
            if options.format == "text":
                say("\n".join(f"wrote {folder / file.path}" for file in compiled.files))
    if options.format == "json" and written:
        say_json({"written": written})
    return status
