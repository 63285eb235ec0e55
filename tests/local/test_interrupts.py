"""A run that is stopped from outside: by Ctrl-C, twice, or by a kill of the engine."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.forked import Forked
from tests.local.runs import HEAD, alive, record_of, until

STUBBORN = """
steps:
  a: {run: "trap '' TERM INT; echo $$ > pid; while :; do sleep 0.1; done"}
  after: {needs: [a], run: "true"}
on_exit:
  bye: {run: "echo ${{ run.status }} > status"}
"""


def started(folder: Path, text: str, grace: str) -> Forked:
    """A run of which a command has started."""
    (folder / "pipeline.yaml").write_text(HEAD + text)
    run = Forked(("run",), folder, {**os.environ, "PIPEGLOT_GRACE": grace})
    until((folder / "pid").exists)
    until(lambda: bool((folder / "pid").read_text()))
    return run


def command_lives(folder: Path) -> bool:
    return alive(int((folder / "pid").read_text()))


def normal(folder: Path) -> dict[str, Any]:
    (record,) = folder.glob(".pipeglot/runs/*/record")
    definition = (record.parent / "plan" / "definition.json").read_text()
    return record_of(folder, record, record.parent.name, definition)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_stops_what_runs_then_runs_on_exit_then_leaves(tmp_path: Path, number: signal.Signals) -> None:
    run = started(tmp_path, STUBBORN, grace="0.3")
    run.send_signal(number)
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 130, output
    until(lambda: not command_lives(tmp_path))
    assert (tmp_path / "status").read_text() == "cancelled\n"
    record = normal(tmp_path)
    assert record["run"] == "cancelled"
    assert record["steps"]["a"]["attempts"] == [{"reason": "run-cancelled"}]
    assert record["steps"]["after"]["reason"] == "run-cancelled"
    assert output.splitlines()[-1].startswith("run ")
    assert " cancelled in " in output.splitlines()[-1]


def test_it_kills_at_the_second_ctrl_c_and_still_writes_the_record(tmp_path: Path) -> None:
    run = started(tmp_path, STUBBORN, grace="600")
    run.send_signal(signal.SIGINT)
    until(lambda: "interrupt again" in run.said())
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode == 130
    until(lambda: not command_lives(tmp_path))
    assert not (tmp_path / "status").exists()
    record = normal(tmp_path)
    assert record["run"] == "cancelled"
    assert record["steps"]["a"]["attempts"] == [{"reason": "run-cancelled"}]
    assert record["on_exit"]["bye"]["state"] == "cancelled"


def test_it_leaves_a_readable_record_and_no_process_when_the_engine_is_killed(tmp_path: Path) -> None:
    run = started(tmp_path, STUBBORN, grace="0.3")
    run.kill()
    run.communicate()
    until(lambda: not command_lives(tmp_path))
    (log,) = tmp_path.glob(".pipeglot/runs/*/record/*/a.1.jsonl")
    until(lambda: '"event":"end"' in log.read_text())
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert (events[-1]["state"], events[-1]["reason"]) == ("failed", "lost")
    assert normal(tmp_path)["steps"]["a"]["attempts"] == [{"reason": "lost"}]
