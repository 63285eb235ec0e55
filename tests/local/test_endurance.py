"""Wide runs, loud steps, watchers that leave, and a disk that fails."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.local.runs import HEAD, Watcher, run

from pipeglot_backends.local.display.summary import summary
from pipeglot_backends.local.engine.progress import Ended, Listed, Progress, Started

MIB = 1024 * 1024

MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""
"""The most memory of a command, told by a small process: a child counts the memory of the one that starts it."""


def test_it_completes_a_wide_run_in_little_memory(tmp_path: Path) -> None:
    """The engine's own memory and that of its largest child, whatever they print."""
    steps = "".join(f"  s{number}: {{run: 'head -c 1000000 /dev/zero'}}\n" for number in range(200))
    (tmp_path / "pipeline.yaml").write_text(f"{HEAD}steps:\n{steps}")
    command = [sys.executable, "-m", "pipeglot", "run", str(tmp_path / "pipeline.yaml"), "--format", "json"]
    environ = {**os.environ, "PIPEGLOT_RECORDS": str(tmp_path / "records.db")}
    with (tmp_path / "out").open("w") as out:
        measured = subprocess.run(
            [sys.executable, "-c", MEASURE, *command], env=environ, stdout=out, stderr=subprocess.PIPE, check=True
        )
    told = json.loads((tmp_path / "out").read_text())
    assert [step["state"] for step in told["steps"].values()] == ["succeeded"] * 200
    assert int(measured.stderr.split()[-1]) * (1 if sys.platform == "darwin" else 1024) < 160 * MIB


def test_it_runs_no_more_at_a_time_than_it_is_told(tmp_path: Path) -> None:
    text = "max_parallel: 2\nsteps:\n" + "".join(f"  s{number}: {{run: sleep 0.05}}\n" for number in range(6))
    ran = run(tmp_path, text, jobs=4)
    now = most = 0
    for event in ran.watcher.events:
        now += isinstance(event, Started) - isinstance(event, Ended)
        most = max(most, now)
    assert most == 2


def test_it_tells_what_happens_in_its_order(tmp_path: Path) -> None:
    text = """
params: {names: {type: list, items: string, default: [a, b]}}
steps:
  each:
    foreach: {items: "${{ params.names }}"}
    run: echo ${{ index }} > ${{ outputs.n }}
    outputs: {n: {type: int}}
"""
    ran = run(tmp_path, text, jobs=1)
    assert [type(event).__name__ for event in ran.watcher.events] == [
        *("RunStarted", "Started", "Ended", "Listed"),
        *("Started", "Ended", "Started", "Ended", "Settled", "RunEnded"),
    ]
    assert ran.watcher.of(Listed)[0].items == 2
    assert ran.watcher.of(Ended)[2].report.metrics == (("n", 1),)
    assert summary(ran.result)["steps"] == {
        "each": {"state": "succeeded", "items": [{"state": "succeeded"}, {"state": "succeeded"}]}
    }


def test_it_shows_the_last_lines_of_a_failed_step_and_where_the_rest_is(tmp_path: Path) -> None:
    ran = run(tmp_path, "steps:\n  a: {run: 'seq 1 100; echo oops >&2; exit 3'}\n")
    (ended,) = ran.watcher.of(Ended)
    assert ended.lines == (*map(str, range(92, 101)), "oops")
    assert ended.log.read_text().splitlines()[:2] == ["1", "2"]
    assert ended.report.message == "the command ended with exit code 3"


def test_it_ticks_while_something_runs(tmp_path: Path) -> None:
    watcher = Watcher(interval=0.01)
    run(tmp_path, "steps:\n  a: {run: sleep 0.3}\n", watcher=watcher)
    assert watcher.ticks > 5


class Leaver(Watcher):
    def observe(self, event: Progress) -> None:
        raise BrokenPipeError(errno.EPIPE, "nobody reads")


def test_it_goes_on_when_the_watcher_is_gone(tmp_path: Path) -> None:
    assert run(tmp_path, "steps:\n  a: {run: 'true'}\n", watcher=Leaver()).result.state == "succeeded"


def test_it_ends_with_a_failure_where_a_step_cannot_be_started(tmp_path: Path) -> None:
    text = """
steps:
  a: {run: 'rm -r "$TMPDIR/../../../logs"'}
  b: {needs: [a], retry: {limit: 1}, run: "true"}
"""
    ran = run(tmp_path, text)
    assert (ran.result.state, ran.words()) == ("failed", {"a": "succeeded", "b": "lost"})
    assert "could not be started" in ran.watcher.of(Ended)[-1].report.message
