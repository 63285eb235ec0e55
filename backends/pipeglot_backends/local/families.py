"""All that a process has started, directly or not: so that none of it is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def kill_descendants(pid: int) -> None:
    """Kills the groups of everything below a process, not the process itself."""
    for group in _groups_below(pid) - {os.getpgid(0), pid}:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _groups_below(pid: int) -> set[int]:
    children: dict[int, list[tuple[int, int]]] = {}
    for child, parent, group in _table():
        children.setdefault(parent, []).append((child, group))
    groups: set[int] = set()
    below = [pid]
    while below:
        for child, group in children.get(below.pop(), ()):
            groups.add(group)
            below.append(child)
    return groups


def _table() -> Iterator[tuple[int, int, int]]:
    """Process, parent and group of all that there is."""
    if not (PROC / "self" / "stat").exists():
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,pgid="], capture_output=True, text=True, check=False)
        for line in listed.stdout.splitlines():
            pid, parent, group = line.split()
            yield int(pid), int(parent), int(group)
        return
    for place in PROC.iterdir():
        if place.name.isdigit():
            with contextlib.suppress(OSError):
                # the name, in parentheses, may hold anything
                fields = (place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                yield int(place.name), int(fields[1]), int(fields[2])
