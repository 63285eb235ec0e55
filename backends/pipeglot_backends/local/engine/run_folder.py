"""Where one run keeps its files: `runs/RUN` in the project's own folder, `.pipeglot`."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeglot import keeping
from pipeglot.files import write_all
from pipeglot_backends.local.engine.scheduler import Task
from pipeglot_backends.local.processes.leavings import left, recover
from pipeglot_backends.protocol import EmittedFile

PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class RunFolder:
    """`work`, `code` and `handover` are scratch; the rest is kept. `handover` may hold sensitive values."""

    path: Path
    run: str

    @property
    def plan(self) -> Path:
        return self.path / "plan"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def artifacts(self) -> Path:
        return self.path / "artifacts"

    @property
    def record(self) -> Path:
        return self.path / "record"

    @property
    def work(self) -> Path:
        return self.path / "work"

    @property
    def code(self) -> Path:
        return self.path / "code"

    @property
    def handover(self) -> Path:
        return self.path / "handover"

    def log(self, task: Task, number: int) -> Path:
        return self.logs / f"{_name(task, number)}.log"

    def events(self, task: Task, number: int) -> Path:
        """Where the sidecar of an attempt writes its record."""
        return self.record / self.run / f"{_name(task, number)}.jsonl"

    def result(self, task: Task, number: int) -> Path:
        """What an attempt hands on: one file per name."""
        return self.handover / "results" / _name(task, number)

    def taken(self, task: Task, number: int) -> Path:
        """Where the artifacts are that an attempt left, as the sidecar has it."""
        parts = [task.step, task.index, number]
        return self.artifacts.joinpath(self.run, *(str(part) for part in parts if part is not None))

    def announced(self, task: Task, number: int) -> Path:
        """There once the engine itself has told an attempt to end."""
        return self.handover / "announced" / _name(task, number)

    def whole(self, step: str, name: str) -> Path:
        """What all items of a fan-out hand on under one name."""
        return self.handover / "wholes" / f"{step}.{name}.json"

    def reads(self, step: str) -> Path:
        return self.handover / "reads" / f"{step}.json"

    def copy(self, task: Task, number: int) -> Path:
        return self.code / _name(task, number)

    def make(self, files: Iterable[EmittedFile]) -> None:
        """Raises OSError, with nothing of it left."""
        keeping.make(self.path.parents[1])
        self.path.mkdir(parents=True)
        try:
            self._fill(files)
        except OSError:
            remove(self.path)
            raise

    def _fill(self, files: Iterable[EmittedFile]) -> None:
        for private in (self.work, self.code, self.handover):
            private.mkdir(PRIVATE)
        for shared in (self.logs, self.artifacts, self.record):
            shared.mkdir()
        for part in ("reads", "results", "wholes", "announced"):
            (self.handover / part).mkdir()
        write_all((self.plan / file.path, file.text, file.executable) for file in files)

    def clear(self, *, keep: bool) -> None:
        """Removes the scratch; with `keep` only what may hold sensitive values in the clear."""
        remove(self.handover)
        recover(self.work)
        if not keep:
            if not left(self.work):
                remove(self.work)
            remove(self.code)


def _name(task: Task, number: int) -> str:
    parts = [task.step, "list" if task.lists else task.index, number]
    return ".".join(str(part) for part in parts if part is not None)


def remove(folder: Path) -> None:
    """With everything in it, also where a step took the right to write from itself. What resists stays."""
    if not folder.exists():
        return
    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=_allow_and_retry)
    else:
        shutil.rmtree(folder, onerror=_allow_and_retry)


def _allow_and_retry(act: Callable[[str], object], path: str, _: object) -> None:
    with suppress(OSError):
        for place in (Path(path).parent, Path(path)):
            if place.exists() and not place.is_symlink():
                place.chmod(place.stat().st_mode | stat.S_IRWXU)
        act(path)
