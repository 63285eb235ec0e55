"""`pipeglot status`."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json
from pipeglot.cli.remote import access, remote_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeglot_backends.remote.protocol import Progress


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.engines import remote
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        known = remote_run(store, options.run)
    progress = remote.follow(known, access(known.settings, keeping.kept_here()))
    if options.format == "json":
        messages = {"message": progress.message, "messages": dict(progress.messages)}
        say_json(
            {"run": str(known.handle.run), "state": progress.state.value, "tasks": dict(progress.tasks), **messages}
        )
        return 0
    print_text("\n".join([f"run {known.handle.run} {progress.state.value}", *_lines(progress)]))
    return 0


def _lines(progress: Progress) -> Iterator[str]:
    if progress.message:
        yield f"  the engine says: {progress.message}"
    for task, word in progress.tasks:
        yield f"  {task}: {word}" + (f" ({progress.messages[task]})" if task in progress.messages else "")
