"""All that a worker has started, directly or not: so that none of it is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """`session` is 0 where the system does not tell it."""

    pid: int
    parent: int
    group: int
    session: int


def kill_family(pid: int) -> None:
    """Kills the groups of what a session's leader has started, not its own; also when it is dead already."""
    for group in _groups(pid) - {os.getpgid(0), pid}:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def kill_holders(path: Path) -> None:
    """Kills whoever still has this file open, but for us: nobody has it who did not come from the run it is of."""
    for place in PROC.iterdir() if (PROC / "self" / "fd").exists() else ():
        if place.name.isdigit() and int(place.name) != os.getpid():
            with contextlib.suppress(OSError):
                _kill_if(place, partial(_holds, path))


def _holds(path: Path, place: Path) -> bool:
    wanted = str(path)
    return any(each.is_symlink() and str(each.readlink()) == wanted for each in (place / "fd").iterdir())


def kill_marked(marks: Mapping[str, str]) -> None:
    """Kills whatever has these variables: all that is left of a command whose sidecar was killed. Linux alone tells."""
    wanted = {os.fsencode(f"{name}={value}") for name, value in marks.items()}
    own = {os.getpid(), os.getppid()}
    for place in PROC.iterdir() if (PROC / "self" / "environ").exists() else ():
        if place.name.isdigit() and int(place.name) not in own:
            with contextlib.suppress(OSError):
                _kill_if(place, partial(_is_marked, wanted))


def _is_marked(wanted: set[bytes], place: Path) -> bool:
    return wanted <= set((place / "environ").read_bytes().split(b"\0"))


def _kill_if(place: Path, is_ours: Callable[[Path], bool]) -> None:
    """By a handle that is asked for before the second look: no other process can have come under its number by then."""
    if is_ours(place):
        handle = os.pidfd_open(int(place.name))
        try:
            if is_ours(place):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _groups(pid: int) -> set[int]:
    """Of those below a process, and, since those of a dead one are below another now, of all in its session."""
    table = list(_table())
    children: dict[int, list[ProcessInfo]] = {}
    for relative in table:
        children.setdefault(relative.parent, []).append(relative)
    groups = {relative.group for relative in table if relative.session == pid}
    below = [pid]
    while below:
        for child in children.get(below.pop(), ()):
            groups.add(child.group)
            below.append(child.pid)
    return groups


def _table() -> Iterator[ProcessInfo]:
    if not (PROC / "self" / "stat").exists():
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,pgid="], capture_output=True, text=True, check=False)
        for line in listed.stdout.splitlines():
            pid, parent, group = line.split()
            yield ProcessInfo(int(pid), int(parent), int(group), 0)
        return
    for place in PROC.iterdir():
        if place.name.isdigit():
            with contextlib.suppress(OSError):
                # the name, in parentheses, may hold anything
                fields = (place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                yield ProcessInfo(int(place.name), *map(int, fields[1:4]))
