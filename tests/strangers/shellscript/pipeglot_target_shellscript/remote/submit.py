"""Runs of the script: started under an id of ours, followed, stopped, and where their records are."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeglot.files import write_all
from pipeglot.ir import Json, Pipeline
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Collected, Handle, Progress
from pipeglot_backends.remote.sdk import moment
from pipeglot_expression.values import to_wire
from pipeglot_target_shellscript.remote import runs
from pipeglot_target_shellscript.settings import checked


def submit(
    pipeline: Pipeline, files: Sequence[EmittedFile], run: uuid.UUID, params: Mapping[str, Json], access: Access
) -> Handle:
    """Writes the script into a folder of the run, and starts it there; a run that has its folder was started."""
    folder = runs.engine(access) / str(run)
    handle = Handle(run, {"folder": str(folder)})
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        return replace(handle, known=True)
    given = params
    write_all((folder / "build" / file.path, file.text, file.executable) for file in files)
    write_all((folder / "params" / name, to_wire(value), False) for name, value in given.items())
    (folder / "id").write_text(str(run), "utf-8")
    command = ["sh", str(folder / "build" / f"{pipeline.name}.sh"), str(folder)]
    with (folder / "log").open("wb") as log:
        subprocess.Popen(
            command,
            cwd=checked(access.settings).get("code"),
            env=dict(access.environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return handle


def collectable(pipeline: Pipeline, access: Access) -> None:
    """Whatever its runs leave lies in a folder of this machine."""


def status(handle: Handle, access: Access) -> Progress:
    del access
    folder = runs.place(handle)
    words = sorted((folder / "words").glob("*"), key=lambda path: path.stat().st_mtime_ns)
    return Progress(runs.state(folder), tuple((path.name, runs.said(folder, f"words/{path.name}")) for path in words))


def cancel(handle: Handle, access: Access) -> None:
    del access
    if not runs.state(runs.place(handle)).over:
        runs.stop(runs.place(handle))


def collect(handle: Handle, access: Access) -> Collected:
    """The records lie on this machine, and are read where they are."""
    del access
    folder = runs.place(handle)
    return Collected(_logs(folder), runs.state(folder), None, moment(runs.said(folder, "ended")))


def _logs(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("record/*/*.jsonl")))
