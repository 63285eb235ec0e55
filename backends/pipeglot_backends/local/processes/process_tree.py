"""All that a worker has started, directly or not: so that none of it is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
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
