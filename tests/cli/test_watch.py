"""`pipeglot watch`: a run followed to its end, as lines, as JSON and as a table on a terminal."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run
from tests.forked import Forked

from pipeglot.cli.commands.watch import watch
from pipeglot.cli.watching.looking import Seen
from pipeglot.cli.watching.telling import Lines, Screen
from pipeglot_records.show.questions.watching import places, table

RUN = "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10"
SLOW = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: slow}
steps:
  wait:
    run: 'echo auc=0.5 >> $PIPEGLOT_METRICS; while ! test -e ../../../../../go; do sleep 0.05; done'
  each:
    needs: [wait]
    matrix: {k: [eu, us]}
    retry: {limit: 1}
    run: test ${{ matrix.k }} = eu
  after:
    needs: [each]
    run: 'true'
"""


def test_it_follows_a_run_to_its_end(pipeglot: Run, tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(SLOW.replace("../../../../../go", str(tmp_path / "go")), "utf-8")
    run = Forked(("run", "--run-id", RUN), tmp_path, dict(os.environ))
    while "wait" not in pipeglot("show", RUN).stdout:
        assert run.returncode is None
    follow = Forked(("watch",), tmp_path, {**os.environ, "NO_COLOR": "1"})
    while "wait: running" not in follow.said():
        assert follow.returncode is None
    (tmp_path / "go").touch()
    told, wrong = follow.communicate()
    assert (follow.returncode, run.wait(), wrong) == (1, 1, "")
    lines = told.splitlines()
    assert lines[:2] == [f"run {RUN} of slow: running", "  wait: running"]
    assert lines[-1].startswith(f"run {RUN} of slow: failed in ")
    last = dict(line.strip().split(": ", 1) for line in lines[1:-1])
    assert last["wait"].startswith("succeeded in ")
    assert last["each[k=us]"].startswith("failed, exit-code 1 in ")
    assert last["after"] == "cancelled, upstream-failed"
    again = pipeglot("watch", RUN, "--format", "json")
    found: list[Any] = [json.loads(line) for line in again.stdout.splitlines()]
    assert again.returncode == 1
    assert [(each["name"], each["state"], each["reason"]) for each in found[:-1]] == [
        ("wait", "succeeded", None),
        ("each", "failed", "exit-code"),
        ("each[k=eu]", "succeeded", None),
        ("each[k=us]", "failed", "exit-code"),
        ("after", "cancelled", "upstream-failed"),
    ]
    assert (found[-1]["run"], found[-1]["state"], found[-1]["target"]) == (RUN, "failed", "local")


def test_it_says_that_there_is_no_such_run(pipeglot: Run) -> None:
    told = pipeglot("watch", "0190")
    assert (told.returncode, told.stderr.split(":")[0]) == (2, "error[PG509]")


def step(name: str, state: str, **more: Any) -> dict[str, Any]:
    return {"step": name, "state": state, "reason": None, "attempts": [], **more}


def picture(state: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"run": RUN, "pipeline": "p", "state": state, "started": None, "ended": None, "steps": list(steps)}


class Told:
    """Looks that were written down."""

    def __init__(self, *looks: Seen) -> None:
        self._looks = iter(looks)

    def look(self) -> Seen:
        return next(self._looks)


@pytest.mark.parametrize(("state", "code"), [("succeeded", 0), ("failed", 1), ("cancelled", 130)])
def test_it_ends_as_the_run_ended(state: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert watch(Told(Seen(picture(state))), Lines()) == code
    assert capsys.readouterr().out == f"run {RUN} of p: {state}\n"
    assert watch(Told(Seen(picture("unknown"), is_gone=True)), Lines()) == 1
    assert "gone: its engine has no such run any more" in capsys.readouterr().out


def test_it_says_once_what_the_engine_says(capsys: pytest.CaptureFixture[str]) -> None:
    waits = Seen(
        picture("running", step("a", "pending")), {"a": "queued"}, ("the engine says: a: no node has\x1b[2J room",)
    )
    lines = Lines()
    for _ in range(2):
        lines.tell(waits, last=False)
    assert capsys.readouterr().out.splitlines() == [
        f"run {RUN} of p: running",
        "  a: pending; the engine says: queued",
        "  the engine says: a: no node has\\u001b[2J room",
    ]


def test_it_draws_a_table_no_higher_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("LINES", "6")
    monkeypatch.setenv("COLUMNS", "40")
    drawn = io.StringIO()
    monkeypatch.setattr(sys, "stdout", drawn)
    steps = [step(f"s{number}", "succeeded") for number in range(20)]
    screen = Screen()
    screen.tell(Seen(picture("running", *steps, step("\x1b[2Jlate", "running"))), last=False)
    first = drawn.getvalue()
    assert first.count("\n") == 5
    assert "▶ \\u001b[2Jlate" in first
    assert "… and 18 more lines" in first
    assert max(len(line) for line in first.splitlines()[1:]) < 40
    screen.tell(Seen(picture("succeeded", *steps)), last=True)
    assert drawn.getvalue()[len(first) :].startswith("\x1b[5A\r\x1b[J")
    assert drawn.getvalue()[len(first) :].count("\n") == 21


def test_it_lists_of_many_items_what_runs_and_what_failed() -> None:
    states = ["succeeded"] * 10_000 + ["running", "failed"]
    items: list[dict[str, Any]] = [
        {"item": str(at), "state": state, "reason": None, "attempts": []} for at, state in enumerate(states)
    ]
    found = places(picture("running", {"step": "each", "state": "running", "reason": None, "items": items}), {})
    assert [state for _, state in table(found, 50)] == ["running", "running", "failed"]
