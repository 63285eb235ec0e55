"""Kills of parts of a local run: what the step had written by then is in the store, and nothing of the run lives on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.local.kills import KINDS, kill, moment

OFTEN = {"sidecar", "command", "engine", "all"}

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found by /proc")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_and_nothing_lives_on(tmp_path: Path, kind: str) -> None:
    for number in range(5 if kind in OFTEN else 1):
        (tmp_path / str(number)).mkdir()
        lost = kill(tmp_path / str(number), kind, moment())
        assert (lost.written > 0, lost.missing) == (True, 0)
