"""Every case on the local engine, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.cases import CASES, Case
from tests.forked import Forked, pipeglot


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_leaves_the_expected_record(
    case: Case, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("engine", "local")
    record_property("case", case.name)
    case.placed(tmp_path)
    run = Forked(("run", "--isolated", *case.arguments()), tmp_path, os.environ)
    if case.cancel:
        wait_for_start(tmp_path, case.cancel)
        run.send_signal(signal.SIGINT)
    output = "".join(run.communicate())
    shown = pipeglot("show", "--format", "normal", folder=tmp_path)
    assert shown.returncode == 0, output + shown.stderr
    assert not (difference := case.difference(shown.stdout)), f"{difference}\n\n{output}"
    wanted = {"succeeded": 0, "failed": 1, "cancelled": 130}[json.loads(case.expected)["run"]]
    assert run.returncode == wanted, output


def wait_for_start(folder: Path, step: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        logs = folder.glob(f".pipeglot/runs/*/record/*/{step}.*.jsonl")
        if any('"start"' in log.read_text("utf-8") for log in logs):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{step} did not start in {os.fspath(folder)}")
