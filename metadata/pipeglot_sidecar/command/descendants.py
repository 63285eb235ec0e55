"""Whatever the command started and left behind, also in sessions of its own: found below this process, and ended."""

from __future__ import annotations

import os
import signal
from time import monotonic, sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SET_CHILD_SUBREAPER = 36
LONGEST = 5.0
"""Seconds after which one that starts others faster than they are killed is given up."""


def adopt_orphans() -> None:
    """On Linux: whoever below us loses its parent becomes our child, and no stranger's. Elsewhere nothing happens."""
    if os.getpid() == 1 or not os.path.isdir("/proc/self"):
        return
    try:
        # the C part of ctypes alone, where this Python has it: all of it would take longer than a step may cost
        calls = __import__("_ctypes")
        calls.call_function(calls.dlsym(calls.dlopen(None, 0), "prctl"), (SET_CHILD_SUBREAPER, 1, 0, 0, 0))
    except (ImportError, AttributeError, OSError):
        return


def children() -> Iterator[int]:
    """Of this process. Their numbers are safe to use: nobody else can reap them, so none comes to mean another."""
    own = str(os.getpid())
    try:
        # a /proc of other numbers than ours, as some containers have it, tells nothing of us
        places = [name for name in os.listdir("/proc") if name.isdigit()] if os.readlink("/proc/self") == own else []
    except OSError:
        return
    for name in places:
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                # the name, in parentheses, may hold anything
                state, parent = file.read().rpartition(b")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if parent.decode("ascii") == own and state != b"Z":
            yield int(name)


def send(pids: list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            continue


def end_all() -> None:
    """Kills our children, and theirs, which become ours by it, until there is none."""
    until = monotonic() + LONGEST
    while _is_parent() and monotonic() < until:
        send(list(children()), signal.SIGKILL)
        sleep(0.001)


def _is_parent() -> bool:
    """Of anybody who lives. Asks the kernel, which is far cheaper than looking for children."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True
