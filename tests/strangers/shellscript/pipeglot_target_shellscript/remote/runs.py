"""The engine: a folder of runs, and what the script of each leaves there."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from pipeglot_backends.remote.protocol import Access, Handle, RunState
from pipeglot_backends.remote.sdk import rejected
from pipeglot_target_shellscript.settings import checked


def engine(access: Access) -> Path:
    """Raises `SpecRejected` where no folder is named."""
    folder = checked(access.settings).get("folder")
    if folder is None:
        hint = "set `shellscript: {folder: …}` in a profile"
        raise rejected("PG520", "the folder in which scripts run is not named", hint)
    return Path(folder).absolute()


def place(handle: Handle) -> Path:
    return Path(handle.native["folder"])


def said(folder: Path, name: str) -> str:
    """A word that the script left; empty where it did not yet."""
    try:
        return (folder / name).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def state(folder: Path) -> RunState:
    if not folder.is_dir():
        return RunState.GONE
    word = said(folder, "state")
    if word:
        return RunState(word)
    pid = said(folder, "pid")
    if not pid:
        return RunState.WAITING
    return RunState.RUNNING if _lives(int(pid)) else RunState.FAILED


def stop(folder: Path) -> None:
    """The script, and the sidecar of the step that runs: each of them ends in its own way."""
    with suppress(ProcessLookupError):
        os.killpg(int(said(folder, "pid")), signal.SIGTERM)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
