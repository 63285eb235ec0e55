"""The command line as a process of its own, forked from one that has imported all there is to import.

Half a second of a command is its imports. How it starts as `python -m pipeglot` has tests of its own, in `tests/cli`.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

_PACKAGES = ("pipeglot", "pipeglot_backends", "pipeglot_expression", "pipeglot_records", "pipeglot_schemas")


def _modules() -> Iterator[str]:
    for name in _PACKAGES:
        package = __import__(name)
        yield from (found.name for found in pkgutil.walk_packages(package.__path__, f"{name}."))
    yield "sqlalchemy.dialects.sqlite"


_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([name for name in _modules() if not name.endswith("__main__")])


class Forked:
    """Like a `subprocess.Popen` of `pipeglot`; what it says is there once it is over."""

    def __init__(
        self, arguments: tuple[str, ...], folder: Path, environ: Mapping[str, str], *, own_session: bool = False
    ) -> None:
        self.args = ["pipeglot", *arguments]
        self._said = Path(tempfile.mkdtemp(prefix="pipeglot-said-"))
        self._told = ("", "")
        told = (str(folder), dict(environ), str(self._said), own_session)
        self._process = _CONTEXT.Process(target=_command, args=(arguments, *told))
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def said(self) -> str:
        """What it wrote so far to its standard output."""
        out = self._said / "out"
        return out.read_text("utf-8") if out.exists() else self._told[0]

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float = 120) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        if self._said.exists():
            self._told = ((self._said / "out").read_text("utf-8"), (self._said / "err").read_text("utf-8"))
            shutil.rmtree(self._said)
        return self._process.exitcode

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        self.wait(timeout)
        return self._told


def pipeglot(
    *arguments: str, folder: Path, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    command = Forked(arguments, folder, os.environ if environ is None else environ)
    out, err = command.communicate()
    return subprocess.CompletedProcess(command.args, command.wait(), out, err)


def _command(arguments: tuple[str, ...], folder: str, environ: Mapping[str, str], said: str, own_session: bool) -> None:
    from pipeglot.cli.main import main

    if own_session:
        os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.path[:0] = environ.get("PYTHONPATH", "").split(os.pathsep)
    for name, stream in (("out", sys.__stdout__), ("err", sys.__stderr__)):
        file = os.open(f"{said}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        assert isinstance(stream, io.TextIOWrapper)
        os.dup2(file, stream.fileno())
        os.close(file)
        stream.reconfigure(encoding=environ.get("PYTHONIOENCODING", "utf-8"))
    sys.exit(main(arguments))
