"""`pipeglot replay`."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeglot import keeping
from pipeglot.cli.printing import print_text
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from pipeglot_records.reuse.replaying import Prepared

DEFAULT_SHELL = "/bin/sh"
SHOWN = ("PIPEGLOT_INPUT_", "PIPEGLOT_OUTPUT_")


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.reuse.past import recorded_run
    from pipeglot_records.reuse.replaying import prepared
    from pipeglot_records.reuse.running import recorded, surrounded
    from pipeglot_records.store.database import open_store

    kept = keeping.kept_here()
    with (
        open_store(options.records, os.environ, kept=kept) as store,
        tempfile.TemporaryDirectory(prefix="pipeglot-replay-") as folder,
    ):
        past, dump = recorded_run(store, options.run), Path(folder) / "surroundings.json"
        wanted = (options.step, options.item, options.params, dump if options.shell else None)
        ready = prepared(past, kept, *wanted)
        if not options.shell:
            return recorded(ready, kept, options.keep)
        _, log = surrounded(ready, kept)
        if not dump.exists():
            message = f"`{ready.name}` cannot be given what it had: `{log}/logs` says why"
            raise SpecRejected([Diagnostic("PG580", message)])
        return _shell(ready, dump, Path(folder))


def _shell(ready: Prepared, dump: Path, folder: Path) -> int:
    """Where the command would have been, with all that it would have had."""
    place, environ = _read(dump)
    lines = [f"{ready.name} of run {ready.past.run}: a shell with its variables, until `exit`\n"]
    if ready.script is not None:
        script = folder / "script"
        script.write_text(ready.script, "utf-8")
        lines.append(f"its script is {script}\n")
    variables = {name: text for name, text in environ.items() if name.startswith(SHOWN)}
    lines += [f"  {name}={shlex.quote(text)}\n" for name, text in sorted(variables.items())]
    print_text("".join(lines))
    sys.stdout.flush()
    shell = os.environ.get("SHELL") or DEFAULT_SHELL
    return subprocess.run([shell], cwd=place, env=environ, check=False).returncode


def _read(dump: Path) -> tuple[str, Mapping[str, str]]:
    found: Any = json.loads(dump.read_text("utf-8"))
    return found[0], found[1]
