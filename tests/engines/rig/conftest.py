"""Puts the rig on the import path, and lends its clusters to tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import rig


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rig: runs on the rig's own Kubernetes; needs root, Go and minutes")


@pytest.fixture(scope="session")
def able() -> None:
    reason = rig.available()
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture(scope="module", params=list(rig.RELEASES))
def cluster(able: None, request: pytest.FixtureRequest) -> Iterator[rig.Cluster]:
    """Up for the module's tests; down after them unless it was up before."""
    name = str(request.param)
    found = rig.status()[name]
    yield rig.up(name)
    if found != "up":
        rig.down(name)
