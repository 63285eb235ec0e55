"""The command line where a target of others is installed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import forked
from tests.strangers.distributions import install_example

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, installed."""
    return install_example(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def pipeglot(tmp_path: Path, site: Path) -> Run:
    """In a folder of its own, as a process; with `path` other distributions are installed, or none."""

    def run(*arguments: str, path: Path | None = site) -> subprocess.CompletedProcess[str]:
        places = [str(path)] if path else []
        known = [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
        environ = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": os.pathsep.join([*places, *known])}
        return forked.pipeglot(*arguments, folder=tmp_path, environ=environ)

    return run
