"""A stage for each test, on this Python and on the oldest that steps may have."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.pythons import python
from tests.sidecar.stage import Stage

OLDEST = "3.8"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, sys.executable)


@pytest.fixture(params=["this", OLDEST])
def any_stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    """For what may differ between Pythons."""
    found = sys.executable if request.param == "this" else python(OLDEST)
    if found is None:
        pytest.skip(f"there is no Python {OLDEST} here")
    return Stage(tmp_path, found)
