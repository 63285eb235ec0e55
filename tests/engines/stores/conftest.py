"""One server of S3 for all tests, and a stage for the sidecar in this Python, which has the libraries."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines.stores.servers import Server, amazon
from tests.sidecar.stage import Stage


@pytest.fixture(scope="session")
def s3() -> Iterator[Server]:
    with amazon() as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, sys.executable)
