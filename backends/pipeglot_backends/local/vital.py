"""Signs of life of a run: one file is locked as long as its engine lives, one as long as any of its processes does."""

from __future__ import annotations

import enum
import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from pipeglot.diagnostics.sources import Json
from pipeglot_backends.local.engine.run_folder import remove
from pipeglot_backends.local.engine.values import write_private
from pipeglot_backends.local.processes.process_tree import kill_holders

LIFE = "life"
ENGINE, PROCESSES, BEGUN = "engine.lock", "processes.lock", "begun.json"


class Life(enum.Enum):
    """`LEFTOVER`: the engine is gone, and something that it started is not. `UNTOLD`: nobody can say."""

    RUNNING = "running"
    LEFTOVER = "leftover"
    GONE = "gone"
    UNTOLD = "untold"


class Pulse:
    """Held by the engine. Locks go with the last process that has the file open, however that ended: no pid is asked.

    `descriptor` is handed on to every worker, and by it to whatever that starts; None where the disk cannot lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / LIFE).mkdir()
        self._held = [self._hold(folder / LIFE / name) for name in (PROCESSES, ENGINE)]

    @property
    def descriptor(self) -> int | None:
        return self._held[0]

    def begin(self, store: str | None) -> None:
        """From here on a reader may take the run for one that began, and settle it once nothing of it lives."""
        if None not in self._held:
            write_private(self._folder / LIFE / BEGUN, json.dumps({"host": os.uname().nodename, "store": store}))

    def end_leftovers(self) -> None:
        """When the engine has waited for its last worker: who still has the file open is a stray of the run."""
        descriptor, self._held[0] = self._held[0], None
        if descriptor is None:
            return
        os.close(descriptor)
        with suppress(OSError):
            if _is_held(self._folder / LIFE / PROCESSES):
                kill_holders(self._folder / LIFE / PROCESSES)

    def _hold(self, path: Path) -> int | None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            os.close(descriptor)
            path.unlink()
            return None
        return descriptor

    def __enter__(self) -> Pulse:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for descriptor in self._held:
            if descriptor is not None:
                os.close(descriptor)


def forget(folder: Path) -> None:
    """Once the run is over, and whoever has to know it knows it."""
    remove(folder / LIFE)


def begun(folder: Path) -> dict[str, str | None]:
    """Which machine and which store the run of that folder is of; nothing where it did not begin."""
    with suppress(OSError, ValueError):
        found: Json = json.loads((folder / LIFE / BEGUN).read_text("utf-8"))
        facts = found if isinstance(found, dict) else {}
        return {name: None if said is None else str(said) for name, said in facts.items()}
    return {}


def life_of(folder: Path) -> Life:
    if not begun(folder):
        return Life.UNTOLD
    try:
        if _is_held(folder / LIFE / ENGINE):
            return Life.RUNNING
        return Life.LEFTOVER if _is_held(folder / LIFE / PROCESSES) else Life.GONE
    except OSError:
        return Life.UNTOLD


@contextmanager
def alone(folder: Path) -> Generator[bool]:
    """Whether nothing of the run lives, and nobody else is settling it: true for one at a time."""
    descriptor = os.open(folder / LIFE / PROCESSES, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield _taken(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def _is_held(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return not _taken(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
