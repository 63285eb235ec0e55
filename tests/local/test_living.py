"""A run in the store while it goes on, and after it was killed."""

from __future__ import annotations

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.forked import Forked, pipeglot
from tests.local.runs import HEAD, until

TEXT = """
params: {token: {type: string, sensitive: true}}
steps:
  a: {run: "echo $$ > pid; until [ -e go ]; do sleep 0.05; done", env: {T: "${{ params.token }}"}}
  b: {needs: [a], run: "true"}
"""


def begun(folder: Path, *options: str) -> Forked:
    (folder / "pipeline.yaml").write_text(HEAD + TEXT)
    environ = {**os.environ, "PIPEGLOT_GRACE": "0.3"}
    run = Forked(("run", "-p", "token=hush", *options), folder, environ, own_session=True)
    until((folder / "pid").exists)
    until(lambda: bool((folder / "pid").read_text()))
    return run


def asked(folder: Path, *arguments: str) -> Any:
    done = pipeglot(*arguments, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def states(folder: Path, *options: str) -> list[str]:
    return [run["state"] for run in asked(folder, "runs", "--format", "json", *options)]


def members(folder: Path) -> list[int]:
    """All processes of the run: they have its sign of life open."""
    found: list[int] = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                links = [str(each.readlink()) for each in (place / "fd").iterdir()]
            except OSError:
                continue
            found += [int(place.name)] if any(link.startswith(f"{folder}/.pipeglot/runs/") for link in links) else []
    return found


def test_it_is_listed_and_shown_while_it_goes_on(tmp_path: Path) -> None:
    run = begun(tmp_path)
    assert states(tmp_path) == states(tmp_path, "--state", "running") == ["running"]
    # whoever reads the folder looks now and then
    until(
        lambda: (
            [step["state"] for step in asked(tmp_path, "show", "--format", "json")["steps"]] == ["running", "pending"]
        )
    )
    (tmp_path / "go").touch()
    run.communicate(timeout=60)
    assert states(tmp_path) == ["succeeded"]


def test_it_is_unknown_without_its_engine_and_lost_without_its_processes(tmp_path: Path) -> None:
    run = begun(tmp_path)
    others = [pid for pid in members(tmp_path) if pid != run.pid]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    run.kill()
    run.communicate()
    assert states(tmp_path) == states(tmp_path, "--state", "unknown") == ["unknown"]
    assert states(tmp_path, "--state", "running") == []
    for pid in others:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not members(tmp_path))
    assert states(tmp_path) == ["failed"]
    shown = asked(tmp_path, "show", "--format", "json")
    assert (shown["steps"][0]["state"], shown["steps"][0]["reason"]) == ("failed", "lost")
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"hush" in path.read_bytes()]
    assert not list(tmp_path.glob(".pipeglot/runs/*/handover"))
    assert states(tmp_path) == ["failed"]


def test_it_is_found_where_it_was_killed_before_the_store_heard_of_it(tmp_path: Path) -> None:
    run = begun(tmp_path)
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    until(lambda: not members(tmp_path))
    for part in tmp_path.glob(".pipeglot/records.db*"):
        part.unlink()
    pipeglot("collect", "pipeline.yaml", folder=tmp_path)
    assert states(tmp_path) == ["failed"]


def test_it_is_in_no_other_store_than_its_own(tmp_path: Path) -> None:
    run = begun(tmp_path, "--records", str(tmp_path / "other.db"))
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    until(lambda: not members(tmp_path))
    (tmp_path / "go").touch()
    assert pipeglot("run", "-p", "token=x", folder=tmp_path).returncode == 0
    assert states(tmp_path) == ["succeeded"]
    assert states(tmp_path, "--records", str(tmp_path / "other.db")) == ["failed"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_is_over_for_the_store_when_it_was_stopped(tmp_path: Path, number: signal.Signals) -> None:
    run = begun(tmp_path)
    run.send_signal(number)
    run.communicate(timeout=60)
    assert states(tmp_path) == ["cancelled"]
    assert not list(tmp_path.glob(".pipeglot/runs/*/life"))


def test_it_bears_many_readers_at_once_and_two_runs_in_one_folder(tmp_path: Path) -> None:
    run, other = begun(tmp_path), begun(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: states(tmp_path), range(8)))
    assert all(set(each) <= {"running"} and each for each in told)
    (tmp_path / "go").touch()
    for each in (run, other):
        each.communicate(timeout=60)
    assert states(tmp_path) == ["succeeded", "succeeded"]
