"""Outlives the engine by a moment: when the engine is gone without a word, it stops what the engine had started.

Started as a program of its own. Reads `+PID` and `-PID` lines from its input; at their end it sends TERM to every
process still named, which for a sidecar means: stop the step, write the record, leave.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    alive: set[int] = set()
    for line in sys.stdin:
        if line.startswith("+"):
            alive.add(int(line[1:]))
        else:
            alive.discard(int(line[1:]))
    for pid in alive:
        try:
            os.kill(pid, signal.SIGTERM)
        except OSError:
            continue


if __name__ == "__main__":
    main()
