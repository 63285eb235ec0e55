"""`gc`: what a kept run has is never lost, whatever shares it, runs beside it, or breaks off."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.local.runs import until
from tests.local.test_again import Project

from pipeglot.contents import digest_of
from pipeglot_records.store.database import open_store
from pipeglot_records.upkeep.outdated import Rule
from pipeglot_records.upkeep.told import sweep

TEXT = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: swept}
steps:
  make:
    run: mkdir ${{ outputs.raw }}; date > ${{ outputs.raw }}/rows
    outputs: {raw: {artifact: directory}}
  each:
    foreach: {items: [10, 20]}
    inputs: {raw: "${{ steps.make.outputs.raw }}"}
    run: |
      test ! -e slow || { touch begun; sleep 30; }
      test ! -e broken || test ${{ item }} != 20
      cat ${{ inputs.raw }}/rows > ${{ outputs.m }}
    outputs: {m: {artifact: file}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    found.write(TEXT)
    return found


def made(project: Project, *arguments: str, broken: bool = False) -> str:
    """The id of a run."""
    if broken:
        (project.folder / "broken").touch()
    project.run(*arguments, code=int(broken))
    (project.folder / "broken").unlink(missing_ok=True)
    return str(project.shown()["run"])


def whole(project: Project, run: str) -> bool:
    """Whether each artifact of a run is there, and is what it was. None may be there in part."""
    listed: list[dict[str, Any]] = json.loads(project.pipeglot("artifacts", run, "--format", "json").stdout)
    paths = {Path(each["uri"].removeprefix("file://")): each["digest"] for each in listed}
    there = {path.exists() and digest_of(path) == digest for path, digest in paths.items()}
    assert len(there) == 1, paths
    return there.pop()


def swept(project: Project, *arguments: str) -> dict[str, Any]:
    done = project.pipeglot("gc", "--format", "json", "--keep-last", "1", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_removes_what_no_kept_run_needs_and_nothing_else(project: Project) -> None:
    good, bad, resumed = made(project), made(project, broken=True), made(project, "--resume", "last")
    assert swept(project)["bytes"] > 0
    assert whole(project, good), "nothing happens without --apply"
    told = swept(project, "--apply")
    assert {each["run"] for each in told["runs"] if not each["kept"]} == {good, bad}
    assert whole(project, resumed), "also what it shares with the run that is gone"
    assert not whole(project, good)
    assert project.pipeglot("logs", good, "make").returncode == 0
    assert "is not there any more" in project.run("--resume", good)
    last = project.shown()["run"]
    with sqlite3.connect(project.folder / ".pipeglot/records.db") as store:
        store.execute("UPDATE outputs SET uri = replace(uri, ?, ?) WHERE run = ?", (last, resumed, last))
    told = swept(project, "--apply")
    assert [each["kept"] for each in told["runs"] if each["run"] == resumed] == ["a kept run has of it"]
    assert whole(project, resumed)


def test_the_last_success_is_kept_and_parts_do_not_count(project: Project) -> None:
    good, bad = made(project), made(project, broken=True)
    project.run("--only", "make")
    assert project.pipeglot("replay", bad, "each", "10").returncode == 0
    swept(project, "--apply")
    assert (whole(project, good), whole(project, bad)) == (True, True)


def test_what_others_may_need_is_left(project: Project) -> None:
    """A folder of a profile, another store, another's file, and a removal that broke off."""
    there = project.folder / "shared"
    project.write(TEXT + f"profiles: {{there: {{artifacts: '{there}'}}}}\n")
    first, second = made(project, "--profile", "there"), made(project, "--profile", "there")
    shutil.copytree(there, torn := project.folder / ".pipeglot/runs" / first / ".gone-1-artifacts")
    assert swept(project, "--apply", "--records", "other.db")["unknown"] == 2
    foreign, tampered = there / first / "make" / "1" / "mine", there / first / "each/0/1/m"
    foreign.write_text("of somebody else")
    tampered.chmod(0o600)
    tampered.write_text("worth keeping")
    swept(project, "--apply")
    assert [path.exists() for path in (foreign, tampered, there / first / "make/1/raw", torn)] == [
        True,
        True,
        False,
        False,
    ]
    assert whole(project, second)


def test_a_run_that_is_not_over_keeps_what_it_has_and_goes_on_from(project: Project) -> None:
    bad = made(project, broken=True)
    (project.folder / "slow").touch()
    with subprocess.Popen([sys.executable, "-m", "pipeglot", "run", "--resume", bad], cwd=project.folder) as going:
        until(lambda: (project.folder / "begun").exists())
        (project.folder / "slow").unlink()
        made(project)
        told = swept(project, "--apply")
        assert {each["kept"] for each in told["runs"]} == {
            "kept",
            "it is not over",
            "a run that is not over goes on from it",
        }
        assert (whole(project, bad), len(project.artifacts())) == (True, 7)
        going.terminate()


def test_it_forgets_old_runs_that_nothing_needs(project: Project) -> None:
    registered, old = made(project), made(project)
    bad, resumed, newest = made(project, broken=True), made(project, "--resume", "last"), made(project)
    assert project.pipeglot("models", "register", "make.raw", "--name", "rows", "--run", registered).returncode == 0
    kept = project.folder / ".pipeglot"
    with open_store(str(kept / "records.db"), {}, make=False) as store:

        def why(rule: Rule) -> dict[str, str]:
            found = sweep(store, kept, rule, apply=False)
            return {each.run: each.because for each in (*found.old, *found.spared)}

        assert why(Rule()) == {}, "no rule, no old run"
        assert why(Rule(last=1))[old] == "its artifacts are here, and `pipeglot gc` removes them"
        spared = {each["run"]: each["kept"] for each in swept(project, "--apply")["runs"]}
        assert spared[registered] == "the model `rows@1` is of it", "in both"
        assert whole(project, registered)
        needed = {
            bad: f"run `{resumed}` has work of it",
            registered: "the model `rows@1` is of it",
        }
        assert why(Rule(last=2)) == {old: "", **needed}
        assert why(Rule(last=2, before=0)) == {}
        assert why(Rule(last=2, pipeline="another")) == {}
        assert len(store.newest_from(None, 9)) == 5, "nothing happens without --apply"
    told = project.pipeglot("records", "gc", "--keep-last", "2", "--apply")
    assert "removed 1 run, " in told.stdout
    left = {each["run"] for each in json.loads(project.pipeglot("runs", "--format", "json").stdout)}
    assert left == {registered, bad, resumed, newest}
    assert {path.name for path in (kept / "runs").iterdir()} == left
    assert project.pipeglot("records", "verify").returncode == 0
    assert old.encode() not in b"".join(path.read_bytes() for path in kept.glob("records.db*"))
