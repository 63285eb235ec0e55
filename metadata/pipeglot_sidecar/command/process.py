"""The command as a process group of its own: started, watched, stopped, reaped."""

from __future__ import annotations

import errno
import os
import signal
from time import monotonic

from pipeglot_sidecar.artifacts.decoding import encoded
from pipeglot_sidecar.command.descendants import adopt_orphans, children, end_all, send
from pipeglot_sidecar.command.signals import STOPS, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeglot_sidecar.command.signals import Signals

NEVER = float("inf")
LOOK_AGAIN = 0.05
SAME_MOMENT = 0.2
LIMITS = ("timeout", "deadline")
NOT_FOUND, NOT_EXECUTABLE = 127, 126
SHELL = "/bin/sh"
KEEPER = ["sh", "-c", 'read group && { read end || kill -9 "-$group"; }']
IGNORED_BY_PYTHON = [getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name)]


class NotStarted(Exception):
    """`code` is what a shell would leave with."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Process:
    """One command. `stopped_by` is why it was told to stop: `timeout`, `deadline`, `run-cancelled`, `lost`."""

    def __init__(self, argv: list[str], env: dict[bytes, bytes]) -> None:
        if not argv:
            raise NotStarted(NOT_FOUND, "the command is empty")
        adopt_orphans()
        self._keeper = Keeper()
        self._group = _spawn(_found(argv[0], env.get(b"PATH", b"")), [encoded(part) for part in argv], env)
        self._keeper.keep(self._group)
        self._left = False
        self._told: set[int] = set()
        self._kill_at = NEVER
        self.stopped_by: str | None = None
        self.stop_signal: int | None = None
        self.command_exit_code: int | None = None
        self.signal: int | None = None
        self.cpu = 0.0
        self.max_rss = 0

    def wait(  # noqa: C901  # one loop over all that can happen meanwhile
        self,
        signals: Signals,
        limits: dict[str, float],
        grace: float,
        tick: Callable[[], float],
        halted_by: Callable[[], str],
    ) -> None:
        """Until the command and all it left behind are gone. `limits`: by reason, when it must end.

        `tick` is called now and then, and says when it wants to be called again. `halted_by` says what it means that
        a signal asks to stop. All times are `monotonic`.
        """
        next_tick = tick()
        while not self._is_over():
            now = monotonic()
            if now >= self._kill_at:
                self._kill_at = NEVER
                self._send(signal.SIGKILL)
            for reason, limit in sorted(limits.items(), key=lambda limit: limit[1]):
                if now >= limit:
                    self._stop(reason, signal.SIGTERM, now + grace)
            if now >= next_tick:
                next_tick = tick()
            until = min([next_tick, self._kill_at]) if self.stopped_by else min([next_tick, *limits.values()])
            pause = until - monotonic()
            for number in signals.wait(min(pause, LOOK_AGAIN) if self._left else pause):
                if number in STOPS:
                    self._stop(halted_by(), number, monotonic() + grace)
                self._send(number)
        # Some engines send it to all processes at once: then the command may have been quicker
        for number in signals.wait(SAME_MOMENT if self._ended_by_a_stop() else 0):
            if number in STOPS and self.stopped_by is None:
                self.stopped_by, self.stop_signal = halted_by(), number

    def _ended_by_a_stop(self) -> bool:
        return self.signal in STOPS or (self.command_exit_code or 0) - 128 in STOPS

    def _stop(self, reason: str, number: int, kill_at: float) -> None:
        if self.stopped_by is None:
            self.stopped_by, self.stop_signal, self._kill_at = reason, number, kill_at
            if reason in LIMITS:
                self._send(number)

    def _is_over(self) -> bool:
        """Also reaps whatever else is ours: everything, when the sidecar is process 1."""
        while True:
            try:
                pid, status, usage = os.wait3(os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid == self._group:
                self._left = True
                self._keeper.release()
                self.cpu = usage.ru_utime + usage.ru_stime
                self.max_rss = usage.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)
                self.command_exit_code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
                self.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        if not self._left:
            return False
        if self.stopped_by is not None and self._kill_at != NEVER and (self._send(0) or self._orphans_live()):
            return False  # the others of the group were told to stop too, and have the same time for it
        self._send(signal.SIGKILL)
        end_all()
        return True

    def _orphans_live(self) -> bool:
        """Those that left the group are told once, when they have become ours."""
        found = list(children())
        send([pid for pid in found if pid not in self._told], self.stop_signal or signal.SIGTERM)
        self._told.update(found)
        return bool(found)

    def _send(self, number: int) -> bool:
        """Whether there was somebody to send to."""
        try:
            os.killpg(self._group, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


class Keeper:
    """A shell that waits for the sidecar's end, and kills the command where that end was a kill.

    Process 1 needs none: with it the whole container ends. Nothing that asks to stop reaches the shell: who sends it to
    every process means the command. Where somebody killed it nevertheless, the step goes on without.
    """

    def __init__(self) -> None:
        self._pid = 0
        self._pipe = -1
        if os.getpid() == 1:
            return
        read, self._pipe = os.pipe()
        self._pid = _spawn_keeper(read)
        os.close(read)

    def keep(self, group: int) -> None:
        if self._pid:
            try:
                os.write(self._pipe, b"%d\n" % group)
            except BrokenPipeError:
                return

    def release(self) -> None:
        """Before the number of the group can be that of another one."""
        if self._pid:
            _end(self._pid)
            os.close(self._pipe)
            self._pid = 0


def _spawn_keeper(read: int) -> int:
    """0 where an image has no shell."""
    silence = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (1, 2)]
    actions = [(os.POSIX_SPAWN_DUP2, read, 0), *silence]
    try:
        return os.posix_spawn(SHELL, KEEPER, {}, file_actions=actions, setpgroup=0, setsigmask=STOPS)
    except OSError:
        return 0


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        return  # it was reaped among the others


def _spawn(path: bytes, argv: list[bytes], env: dict[bytes, bytes]) -> int:
    silence = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    try:
        return os.posix_spawn(
            path, argv, env, file_actions=silence, setpgroup=0, setsigmask=(), setsigdef=IGNORED_BY_PYTHON
        )
    except OSError as fault:
        raise _not_started(argv[0].decode("utf-8", "replace"), fault) from None
    except ValueError as fault:
        raise NotStarted(NOT_EXECUTABLE, f"the command cannot be started: {fault}") from None


def _not_started(name: str, fault: OSError) -> NotStarted:
    known = {
        errno.ENOENT: (NOT_FOUND, "was not found, or the interpreter that its first line names was not"),
        errno.ENOTDIR: (NOT_FOUND, "was not found"),
        errno.EACCES: (NOT_EXECUTABLE, "may not be executed"),
        errno.ENOEXEC: (NOT_EXECUTABLE, "cannot be executed: it has no `#!` line, or was built for another machine"),
        errno.E2BIG: (NOT_EXECUTABLE, "cannot be started: its arguments and variables are too long for this machine"),
    }
    code, what = known.get(fault.errno or 0, (NOT_EXECUTABLE, f"cannot be started: {fault.strerror}"))
    return NotStarted(code, f"command `{name}` {what}")


def _found(name: str, search: bytes) -> bytes:
    """The file behind a command, found as a shell finds it, on the PATH that the command itself gets."""
    raw = encoded(name)
    if b"/" in raw:
        return raw
    candidates = [os.path.join(folder or b".", raw) for folder in (search or os.fsencode(os.defpath)).split(b":")]
    files = [path for path in candidates if raw and os.path.isfile(path)]
    for path in files:
        if os.access(path, os.X_OK):
            return path
    if files:
        raise NotStarted(NOT_EXECUTABLE, f"command `{name}` may not be executed")
    raise NotStarted(NOT_FOUND, f"command `{name}` was not found on PATH")


def ended_by(process: Process) -> str | None:
    return None if process.signal is None else name_of(process.signal)
