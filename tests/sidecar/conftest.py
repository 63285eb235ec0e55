"""A stage for each test, on this Python and on the oldest that steps may have."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.sidecar.stage import Stage

OLDEST = "3.8"


def oldest() -> str | None:
    installed = sorted((Path.home() / ".pyenv" / "versions").glob(f"{OLDEST}.*/bin/python"))
    return str(installed[-1]) if installed else shutil.which(f"python{OLDEST}")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, sys.executable)


@pytest.fixture(params=["this", OLDEST])
def any_stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    """For what may differ between Pythons."""
    found = sys.executable if request.param == "this" else oldest()
    if found is None:
        pytest.skip(f"there is no Python {OLDEST} here")
    return Stage(tmp_path, found)
