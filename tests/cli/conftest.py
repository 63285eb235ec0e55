"""The command line as a process, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import forked

Run = Callable[..., "subprocess.CompletedProcess[str]"]

GOOD = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: good}
params:
  rows: {type: int, default: 3, min: 1}
steps:
  count:
    run: [sh, -c, 'echo "$2" > "$1"', sh, "${{ outputs.n }}", "${{ params.rows }}"]
    outputs: {n: {type: int}}
"""


@pytest.fixture
def pipeglot(tmp_path: Path) -> Run:
    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return forked.pipeglot(*arguments, folder=tmp_path, environ={**os.environ, "NO_COLOR": "1", **environ})

    return run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "pipeline.yaml"
    path.write_text(GOOD, "utf-8")
    return path
