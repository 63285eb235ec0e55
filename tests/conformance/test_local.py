"""Every case on the local engine, as a user runs it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.cases import CASES, Case

PIPEGLOT = [sys.executable, "-m", "pipeglot"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_leaves_the_expected_record(
    case: Case, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("engine", "local")
    record_property("case", case.name)
    for file in case.pipeline.parent.glob("*.yaml"):
        shutil.copy(file, tmp_path / file.name)
    command = [*PIPEGLOT, "run", "--isolated", *case.arguments()]
    run = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if case.cancel:
        wait_for_start(tmp_path, case.cancel)
        run.send_signal(signal.SIGINT)
    output, _ = run.communicate(timeout=120)
    shown = subprocess.run(
        [*PIPEGLOT, "show", "--format", "normal"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, output + shown.stderr
    assert not (difference := case.difference(shown.stdout)), f"{difference}\n\n{output}"
    wanted = {"succeeded": 0, "failed": 1, "cancelled": 130}[_state(case)]
    assert run.returncode == wanted, output


def _state(case: Case) -> str:
    import json

    return str(json.loads(case.expected)["run"])


def wait_for_start(folder: Path, step: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        logs = folder.glob(f".pipeglot/runs/*/record/*/{step}.*.jsonl")
        if any('"start"' in log.read_text("utf-8") for log in logs):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{step} did not start in {os.fspath(folder)}")
