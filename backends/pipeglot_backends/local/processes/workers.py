"""Worker processes: started in a session of their own, each with one thread that waits for its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from pipeglot_backends.local.processes.process_tree import kill_family

GUARD = Path(__file__).with_name("guard.py")
PYTHON = (sys.executable, "-I", "-S")
"""Without site-packages: sidecar and guard need none, and start in half the time."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A session of its own keeps the terminal's Ctrl-C from it: the engine alone decides what becomes of it."""

    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        """With all it has started."""
        if self.process.returncode is None:
            kill_family(self.process.pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def kill_command(self) -> None:
        """The sidecar itself lives on to write the record; when it is dead already, nothing of it shall live on."""
        kill_family(self.process.pid)

    def wait(self, patience: float) -> None:
        """Until it ends; after `patience` seconds it is killed."""
        try:
            self.process.wait(max(0.0, patience))
        except subprocess.TimeoutExpired:
            self.kill()


def start(
    argv: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    ended: Callable[[int], None],
    life: int | None = None,
) -> Worker:
    """`ended` is called with the exit code, from another thread. `life` is a file that stays open in all it starts."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
            pass_fds=() if life is None else (life,),
        )
    threading.Thread(target=lambda: ended(process.wait()), name=f"wait-{process.pid}", daemon=True).start()
    return Worker(process)


class Guard:
    """Stops the workers when this process is killed; `guard.py` tells how."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [*PYTHON, str(GUARD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def watch(self, pid: int) -> None:
        self._say(f"+{pid}\n")

    def forget(self, pid: int) -> None:
        self._say(f"-{pid}\n")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._process.wait()

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _say(self, line: str) -> None:
        # Without its guard a run goes on; only a kill of the engine would leave its workers behind.
        with contextlib.suppress(OSError):
            os.write(self._pipe.fileno(), line.encode("ascii"))
