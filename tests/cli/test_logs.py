"""What `logs` prints, and what `show` and `run` say of items, logs and artifacts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run
from tests.forked import Forked

TEXT = r"""
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: items}
params: {token: {type: string, sensitive: true}}
steps:
  list:
    run: |
      echo '["eu", "us"]' > ${{ outputs.names }}
      printf '\033[31mred\033[0m\n\033]0;title\007x\007y\n10%%\r20%%\n\342\200\256turned\nlast'
      echo data > ${{ outputs.raw }}
    outputs: {names: {type: list, items: string}, raw: {artifact: dataset}}
  train:
    matrix: {model: [logreg, tree], c: [1.0]}
    run: echo auc=0.5 >> $PIPEGLOT_METRICS; echo trained ${{ matrix.model }}
  each:
    foreach: {items: "${{ steps.list.outputs.names }}"}
    retry: {limit: 1}
    run: |
      echo try $PIPEGLOT_ATTEMPT of ${{ item }}
      test ${{ item }} = eu
  hidden:
    matrix: {t: ["${{ params.token }}"]}
    run: 'true'
"""


def ran(pipeglot: Run, folder: Path) -> tuple[str, str]:
    """The id of the run, and what was told of it."""
    (folder / "pipeline.yaml").write_text(TEXT, "utf-8")
    told = pipeglot("run", "-p", "token=hush")
    assert told.returncode == 1, told.stderr
    return told.stdout.split()[1], told.stdout


def test_it_calls_items_by_what_they_are(pipeglot: Run, tmp_path: Path) -> None:
    run, told = ran(pipeglot, tmp_path)
    for name in ("train[model=logreg c=1.0]", "train[model=tree c=1.0]", "each[eu]", "each[us]", "hidden[(redacted)]"):
        assert name in told
    shown = pipeglot("show", run).stdout
    for name in ("[model=logreg c=1.0]", "[eu]", "[us]", "[(redacted)]"):
        assert f" {name} " in shown
    picture: Any = json.loads(pipeglot("show", run, "--format", "json").stdout)
    values = {
        step["step"]: [item["item_value"] for item in step["items"]] for step in picture["steps"] if "items" in step
    }
    assert values == {
        "train": [{"value": {"model": "logreg", "c": 1.0}}, {"value": {"model": "tree", "c": 1.0}}],
        "each": [{"value": "eu"}, {"value": "us"}],
        "hidden": [{"redacted": True}],
    }
    assert "hush" not in told + shown + json.dumps(picture)


def test_it_shows_metrics_artifacts_and_logs(pipeglot: Run, tmp_path: Path) -> None:
    run, _ = ran(pipeglot, tmp_path)
    shown = pipeglot("show", run).stdout
    assert "auc=0.5" in shown
    assert f".pipeglot/runs/{run}/logs/list.1.log\n" in shown
    assert f"log: .pipeglot/runs/{run}/logs/each.1.2.log\n" in shown
    assert "| try 2 of us\n" in shown
    (path,) = [word for word in shown.split() if word.endswith("/raw")]
    assert (tmp_path / path).read_text() == "data\n"
    picture: Any = json.loads(pipeglot("show", run, "--format", "json").stdout)
    (step,) = [step for step in picture["steps"] if step["step"] == "list"]
    assert Path(step["attempts"][0]["log"]).read_text("utf-8").endswith("last")


def test_it_prints_a_log_that_cannot_steer_the_terminal(pipeglot: Run, tmp_path: Path) -> None:
    run, _ = ran(pipeglot, tmp_path)
    assert pipeglot("logs", run[:13], "list").stdout == "red\nx�y\n20%\n�turned\nlast\n"


def test_it_prints_the_log_of_an_item_and_of_an_attempt(pipeglot: Run, tmp_path: Path) -> None:
    run, _ = ran(pipeglot, tmp_path)
    for name in ("model=tree c=1.0", "1"):
        assert pipeglot("logs", run, "train", name).stdout == "trained tree\n"
    assert pipeglot("logs", run, "each", "us").stdout.splitlines()[0] == "try 2 of us"
    assert pipeglot("logs", run, "each", "us", "--attempt", "1").stdout.splitlines()[0] == "try 1 of us"
    assert pipeglot("logs", run, "train").stdout.splitlines() == [
        *("==> train[model=logreg c=1.0], attempt 1 <==", "trained logreg"),
        *("==> train[model=tree c=1.0], attempt 1 <==", "trained tree"),
    ]


def test_it_says_what_there_is_no_log_of(pipeglot: Run, tmp_path: Path) -> None:
    run, _ = ran(pipeglot, tmp_path)
    told = pipeglot("logs", run, "trian")
    assert (told.returncode, told.stderr.split(":")[0]) == (2, "error[PG550]")
    assert "did you mean `train`?" in told.stderr
    told = pipeglot("logs", run, "each", "asia")
    assert (told.returncode, "its items are `eu`, `us`" in told.stderr) == (2, True)
    told = pipeglot("logs", run, "list", "--attempt", "7")
    assert (told.returncode, told.stderr.split(":")[0]) == (4, "error[PG551]")


def test_it_follows_what_python_prints_while_it_runs(pipeglot: Run, tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(
        "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: f}\nsteps:\n  a:\n    shell: python\n    run: |\n"
        "      import os, time\n      print('begun')\n      while not os.path.exists('go'): time.sleep(0.05)\n"
        "      print('done', end='')\n"
    )
    run_id = "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10"
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    run = Forked(("run", "--run-id", run_id), tmp_path, environ)
    while pipeglot("show", run_id).returncode:
        assert run.returncode is None
    command = [sys.executable, "-m", "pipeglot", "logs", run_id, "a", "-f"]
    follow = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert follow.stdout
    assert follow.stdout.readline() == "begun\n"
    (tmp_path / "go").touch()
    assert follow.communicate(timeout=60)[0] == "done\n"
    assert (follow.returncode, run.wait(60)) == (0, 0)
