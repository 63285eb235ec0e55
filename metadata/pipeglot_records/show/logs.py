"""The last lines of a step's log, where the engine noted its place and it is still there."""

from __future__ import annotations

from pathlib import Path

LINES = 6
_READ = 16 * 1024


def tail(place: str, count: int = LINES) -> tuple[str, ...]:
    """Nothing of a log that cannot be read: it may have been on another machine."""
    try:
        with Path(place.removeprefix("file://")).open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(0, end - _READ))
            found = file.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return ()
    lines = [line for line in found.splitlines() if line.strip()]
    return tuple(lines[-count:])
