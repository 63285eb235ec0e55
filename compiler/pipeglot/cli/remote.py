"""What the commands about runs on engines share: the way there, following a run, its last word."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.printing import print_text, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Json

if TYPE_CHECKING:
    from pipeglot_backends.remote.protocol import Access, RunState
    from pipeglot_records.engines.remote import Remote
    from pipeglot_records.store.database import Store

PAUSE = 1.0
"""Seconds between two questions to an engine."""


def access(
    settings: Mapping[str, Json],
    kept: Path,
    *,
    quiet: bool = False,
    origin: str | None = None,
    replace: bool = False,
) -> Access:
    """`kept` is the project's own folder; what is fetched is brought there."""
    from pipeglot_backends.remote.protocol import Access, silent

    say = silent if quiet else _tell
    return Access(settings, os.environ, say, folder=kept / keeping.COLLECTED, origin=origin, replace=replace)


def refuse_without_engine(target: str, what: str, instead: str) -> None:
    """`instead` does for this machine what is wanted of an engine. Raises `SpecRejected`."""
    from pipeglot_backends.targets import load

    if load(target).REMOTE is None:
        hint = instead if target == "local" else f"`pipeglot compile --target {target}` writes what its engine is given"
        raise SpecRejected([Diagnostic("PG504", f"`{target}` is {what}", hint=hint)])


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def remote_run(store: Store, name: str | None) -> Remote:
    """The run of that id, or how it begins; the newest without one. Raises `SpecRejected`."""
    from pipeglot_records.engines import remote

    run_id = store.find_run(name)
    found = remote.find(store, run_id)
    if found is None:
        raise SpecRejected([Diagnostic("PG509", f"run `{run_id}` was not submitted to an engine")])
    return found


def collected(store: Store, known: Remote, way: Access, output: str) -> RunState | None:
    """Follows the run to its end, telling each task's new word, and takes its record in. None when it is gone."""
    from pipeglot_backends.remote.protocol import RunState
    from pipeglot_records.engines import remote

    last_words: dict[str, str] = {}
    while True:
        progress = remote.follow(known, way)
        for task, word in progress.tasks:
            if last_words.get(task) != word and output == "text":
                why = progress.messages.get(task)
                print_text(f"  {task}: {word.lower()}" + (f" ({why})" if why else ""))
            last_words[task] = word
        if progress.state.over:
            message = progress.message
            break
        time.sleep(PAUSE)
    taken, said = remote.fetch(store, known, way)
    run_id = str(known.handle.run)
    state = remote.ended(store, run_id, said)
    if output == "json":
        say_json({"run": run_id, "state": state.value, "events": taken.events, "message": message})
    else:
        print_text(f"run {run_id} {state.value}" + (f"; the engine says: {message}" if message else ""))
    return None if state is RunState.GONE else state


def exit_of(state: RunState) -> int:
    return {"succeeded": 0, "failed": 1, "cancelled": 130}.get(state.value, 0)
