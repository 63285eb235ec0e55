"""What 60 kills of each kind, at random moments of a local run, cost of what its step had written."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.local.kills import main  # noqa: E402  (a benchmark runs as a script)

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, sys.argv[2:])
