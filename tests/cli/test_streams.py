"""Standard streams that are closed, full, left or of few characters: no traceback, and the run goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import GOOD, Run

OK, REJECTED, ENVIRONMENT = 0, 1, 4
FEW = {"PYTHONIOENCODING": "ascii"}


def shell(folder: Path, command: str, unbuffered: str = "") -> subprocess.CompletedProcess[str]:
    """`PIPEGLOT` in the command is the program; its output is kept back in a buffer, unless that is unwanted."""
    command = command.replace("PIPEGLOT", f"'{sys.executable}' -m pipeglot")
    given = {**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": unbuffered}
    run = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(run, cwd=folder, env=given, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("arguments", ["validate", "run", "plan", "targets", "schema", "--version"])
def test_it_needs_no_standard_streams(arguments: str, good: Path) -> None:
    told = shell(good.parent, f"PIPEGLOT {arguments} <&- >&- 2>&-")
    assert (told.returncode, told.stdout, told.stderr) == (OK, "", "")


def test_it_fails_without_standard_streams_too(good: Path) -> None:
    assert shell(good.parent, "PIPEGLOT validate missing.yaml <&- >&- 2>&-").returncode == ENVIRONMENT


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "arguments", ["validate", "runs --format json", "schema", "--version", "validate bad --format json"]
)
def test_it_says_that_nothing_more_can_be_written(arguments: str, good: Path) -> None:
    (good.parent / "bad").write_text("steps: [", "utf-8")
    told = shell(good.parent, f"PIPEGLOT {arguments} >/dev/full")
    assert (told.returncode, told.stderr.splitlines()[0]) == (ENVIRONMENT, "error[PG519]: no space left on device")
    assert "Traceback" not in told.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_it_runs_to_the_end_where_nobody_can_be_told(unbuffered: str, good: Path) -> None:
    assert shell(good.parent, "PIPEGLOT run >/dev/full", unbuffered).returncode == OK
    assert json.loads(shell(good.parent, "PIPEGLOT show --format json").stdout)["state"] == "succeeded"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_it_says_that_a_run_failed_though_its_reader_left(unbuffered: str, good: Path) -> None:
    good.write_text(
        "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: p}\nsteps: {a: {run: exit 3}}\n", "utf-8"
    )
    left = shell(good.parent, "PIPEGLOT run | true", unbuffered)
    assert (left.returncode, left.stderr) == (REJECTED, "")


def test_it_stops_without_a_word_when_its_reader_leaves(good: Path) -> None:
    left = shell(good.parent, "PIPEGLOT schema | head -1")
    assert (left.returncode, left.stdout, left.stderr) == (OK, "{\n", "")


def test_it_fails_for_a_mistake_that_nobody_reads(good: Path) -> None:
    good.write_text(GOOD.replace("params.rows", "params.row"), "utf-8")
    left = shell(good.parent, "PIPEGLOT validate --format json | true")
    assert (left.returncode, left.stderr) == (REJECTED, "")


def test_it_runs_and_shows_where_few_characters_are_known(pipeglot: Run, good: Path) -> None:
    ran = pipeglot("run", **FEW)
    assert (ran.returncode, ran.stderr) == (OK, "")
    assert "? count" in pipeglot("show", **FEW).stdout


def test_it_writes_the_same_to_programs_in_every_locale(pipeglot: Run, good: Path) -> None:
    good.write_text(
        GOOD.replace("sh, -c,", "sh, -c, 'é 😀',").replace("name: good", "name: good, description: é"), "utf-8"
    )
    for arguments in (["compile", "--target", "airflow", "--stdout"], ["compile", "--target", "local", "--stdout"]):
        assert pipeglot(*arguments, **FEW).stdout == pipeglot(*arguments).stdout != ""
    ran = pipeglot("run", "-p", "rows=1", "--format", "json", **FEW)
    assert json.loads(ran.stdout)["state"] == "failed"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_it_does_not_wait_for_a_pipe_that_nobody_writes_to(pipeglot: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipeline.yaml")
    told = pipeglot("validate")
    assert (told.returncode, told.stderr.split(":")[0]) == (REJECTED, "error[PG107]")


def test_it_reads_a_pipe(good: Path) -> None:
    assert shell(good.parent, "PIPEGLOT validate <(sleep 1; cat pipeline.yaml)").returncode == OK
    assert shell(good.parent, "cat pipeline.yaml | PIPEGLOT validate /dev/stdin").returncode == OK
