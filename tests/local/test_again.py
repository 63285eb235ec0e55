"""Runs that go on from an earlier one: what is taken is what was, and nothing else stands for a step."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests import forked

TEXT = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: again}
params: {rows: {type: int, default: 3}, bad: {type: int, default: 9}}
steps:
  make:
    run: |
      echo make >> started
      mkdir -p ${{ outputs.raw }}/deep && seq ${{ params.rows }} > ${{ outputs.raw }}/deep/rows
      printf 1.0 > ${{ outputs.rate }}
    outputs: {raw: {artifact: directory}, rate: {type: float}, note: {type: string, default: none}}
  each:
    foreach: {items: [10, 20, 30]}
    inputs: {raw: "${{ steps.make.outputs.raw }}"}
    run: |
      echo each ${{ item }} >> started
      test ! -e broken || test ${{ item }} != 20
      cat ${{ inputs.raw }}/deep/rows > ${{ outputs.m }}; echo ${{ item }} >> ${{ outputs.m }}
    outputs: {m: {artifact: file}}
  all:
    inputs:
      ms: "${{ steps.each.outputs.m }}"
      rate: "${{ steps.make.outputs.rate }}"
      note: "${{ steps.make.outputs.note }}"
    run: |
      echo all >> started
      test ${{ inputs.note }} = none; test ${{ inputs.rate }} = 1.0; test ! -e ${{ params.bad }}
    outputs: {said: {type: string, default: nothing}}
  aside: {run: "echo aside >> started"}
"""


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write(TEXT)

    def write(self, text: str) -> None:
        (self.folder / "pipeline.yaml").write_text(text, "utf-8")

    def run(self, *arguments: str, code: int = 0) -> str:
        """What is printed; what was started stands in `started`."""
        (self.folder / "started").unlink(missing_ok=True)
        found = self.pipeglot("run", *arguments)
        assert found.returncode == code, found.stdout + found.stderr
        return found.stdout + found.stderr

    def pipeglot(self, *arguments: str) -> Any:
        return forked.pipeglot(*arguments, folder=self.folder, environ={**os.environ, "NO_COLOR": "1"})

    @property
    def started(self) -> list[str]:
        path = self.folder / "started"
        return sorted(path.read_text("utf-8").splitlines()) if path.exists() else []

    def shown(self, form: str = "json") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.pipeglot("show", "--format", form).stdout)
        return found

    def artifacts(self) -> list[Path]:
        return [path for path in self.folder.glob(".pipeglot/runs/*/artifacts/**/*") if path.is_file()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def fail(project: Project) -> None:
    """A run of which one item went wrong, for a reason that is outside."""
    (project.folder / "broken").touch()
    project.run(code=1)
    (project.folder / "broken").unlink()


def test_it_goes_on_item_by_item_and_records_what_a_whole_run_records(project: Project) -> None:
    fail(project)
    told = project.run("--resume", "last")
    assert project.started == ["all", "each 20"]
    assert "make, each (2 items), aside" in told
    resumed = project.shown("normal")
    step = next(each for each in project.shown()["steps"] if each["step"] == "make")
    shutil.rmtree(project.folder / ".pipeglot/runs" / step["attempts"][0]["reused"]["run"])
    assert all(path.is_file() for path in project.artifacts()), "what was taken is there without the earlier run"
    assert "raw" in project.pipeglot("lineage", "--format", "json").stdout
    project.run()
    whole = project.shown("normal")
    taken = [
        resumed["steps"]["make"],
        resumed["steps"]["aside"],
        *(resumed["steps"]["each"]["items"][i] for i in (0, 2)),
    ]
    assert [(each["state"], each["attempts"]) for each in taken] == [("cached", [])] * 4
    for each in taken:
        each.update(state="succeeded", attempts=[{"exit_code": 0}])
    assert resumed == whole


def test_what_is_not_what_it_was_is_not_taken(project: Project) -> None:
    fail(project)
    for path in project.artifacts():
        path.chmod(0o600)
        path.write_text("other", "utf-8") if "make" in path.parts else path.unlink()
    told = project.run("--resume", "last")
    assert "its output `raw` is not what it was" in told
    assert project.started == ["all", "each 10", "each 20", "each 30", "make"]
    shutil.rmtree(project.folder / ".pipeglot/runs")
    assert project.run("--from", "all", code=2).count("PG580]") == 1, "told once, with the step to begin with"
    assert project.started == []


def test_a_changed_definition_and_changed_params_are_told_or_refused(project: Project) -> None:
    project.run()
    assert "rows is 4, and was 3" in project.run("--resume", "last", "-p", "rows=4")
    assert project.started == ["all", "each 10", "each 20", "each 30", "make"]
    refusal = project.run("--from", "each", "-p", "rows=5", code=2)
    assert "`make` cannot be taken" in refusal
    assert "--from make" in refusal
    project.write(TEXT.replace("echo all", "echo other"))
    assert "all runs again: its definition is another one" in project.run("--resume", "last")
    assert project.started == ["other"], "rows is what it was in the run"
    project.write(TEXT.replace("seq", "seq 1"))
    assert "`make` cannot be taken" in project.run("--only", "each", code=2)


def test_parts_of_a_pipeline(project: Project) -> None:
    assert "there is no earlier run to take `make`" in project.run("--only", "each", code=2)
    project.run("--until", "make")
    assert project.started == ["make"]
    assert {name: step.get("reason") for name, step in project.shown("normal")["steps"].items()} == {
        "make": None,
        "each": "not-selected",
        "all": "not-selected",
        "aside": "not-selected",
    }
    assert "it was skipped (not-selected)" in project.run("--only", "all", code=2)
    project.run("--from", "each", "--until", "each")
    assert project.started == ["each 10", "each 20", "each 30"]
    project.run("--only", "all")
    assert project.started == ["all"]
    assert "leave one of them away" in project.run("--only", "all", "--from", "each", code=2)
    assert "did you mean `each`?" in project.run("--from", "eech", code=2)


def test_one_step_of_a_recorded_run_is_replayed(project: Project) -> None:
    project.write(TEXT + "on_exit: {bye: {run: 'echo bye >> started'}}\n")
    fail(project)
    whole = project.shown()["run"]
    (project.folder / "pipeline.yaml").unlink()
    (project.folder / "started").unlink()
    assert project.pipeglot("replay", whole, "each", "20").returncode == 0
    assert project.started == ["each 20"]
    shown = project.shown("normal")
    assert [item["state"] for item in shown["steps"]["each"]["items"]] == ["skipped", "succeeded", "skipped"]
    assert shown["lineage"] == [["make.raw", "each.raw"]]
    assert shown["on_exit"]["bye"]["reason"] == "not-selected"
    assert project.pipeglot("replay", whole, "all", "-p", "bad=8").returncode == 0
    assert len(project.shown("normal")["steps"]["all"]["inputs"]["ms"]) == 2, "of the items that there were"
    said = forked.pipeglot(
        *("replay", whole, "each", "20", "--shell"),
        folder=project.folder,
        environ={**os.environ, "SHELL": "/usr/bin/env"},
    )
    assert "PIPEGLOT_INPUT_RAW=" in said.stdout, said.stderr
    assert "make" not in project.started
    assert project.pipeglot("replay", whole, "each", "--shell").returncode == 2
    assert project.pipeglot("replay", whole, "each", "99").returncode == 2
    next(path for path in project.artifacts() if path.name == "rows" and whole in str(path)).unlink()
    refused = project.pipeglot("replay", whole, "each", "20")
    assert (refused.returncode, "its output `raw` is not what it was" in refused.stderr) == (2, True)


@pytest.mark.parametrize("head", [True, False])
def test_a_run_of_an_engine_is_gone_on_from_and_replayed(project: Project, head: bool) -> None:
    """Its record came by `collect`; of one that its engine began by itself nothing but its steps may be known."""
    fail(project)
    (folder,) = project.folder.glob(".pipeglot/runs/*")
    for log in (folder / "record").rglob("*.jsonl"):
        log.write_text(log.read_text().replace('"local"', '"airflow"'))
    if not head:
        next((folder / "record").rglob("run.jsonl")).unlink()
    (project.folder / ".pipeglot/records.db").unlink()
    collected = project.pipeglot(
        "collect", str(folder / "record"), "--definition", str(folder / "plan/definition.json")
    )
    assert collected.returncode == 0, collected.stderr
    (project.folder / "started").unlink()
    if head:
        assert "make, each (2 items)" in project.run("--resume", folder.name)
        assert project.started == ["all", "each 20"]
    else:
        assert project.pipeglot("replay", "last", "each", "20").returncode == 0
        assert project.started == ["each 20"]
