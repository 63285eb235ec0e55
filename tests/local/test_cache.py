"""Runs that do not do again what was done: which steps start, what is told of the others, and what is left."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.local.test_again import Project

CACHED = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: cached}
params: {rows: {type: int, default: 3}}
defaults: {cache: {enabled: true}}
steps:
  make:
    run: |
      echo make >> $STARTED
      mkdir -p ${{ outputs.raw }}/deep && seq 3 > ${{ outputs.raw }}/deep/rows
      echo loss=0.5 >> $PIPEGLOT_METRICS
    outputs: {raw: {artifact: directory}}
  each:
    foreach: {items: [10, 20]}
    run: |
      echo each ${{ item }} >> $STARTED
      head -${{ params.rows }} ${{ steps.make.outputs.raw }}/deep/rows | wc -l | tr -d ' ' > ${{ outputs.n }}
    outputs: {n: {type: int}}
"""
ALL = ["each 10", "each 20", "make"]


class Caching(Project):
    """What is started is noted outside of the folder of the code."""

    def __init__(self, folder: Path) -> None:
        (folder / "project").mkdir()
        self.notes = folder / "started"
        super().__init__(folder / "project")
        self.write(CACHED)

    def ran(self, *arguments: str) -> list[str]:
        self.notes.unlink(missing_ok=True)
        self.run(*arguments)
        return sorted(self.notes.read_text("utf-8").splitlines()) if self.notes.exists() else []

    def told(self, *arguments: str) -> Any:
        return json.loads(self.pipeglot(*arguments, "--format", "json").stdout)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caching:
    monkeypatch.setenv("STARTED", str(tmp_path / "started"))
    found = Caching(tmp_path)
    assert found.ran() == ALL
    return found


def test_the_same_work_is_done_once_and_recorded_as_done(project: Caching) -> None:
    whole = project.shown("normal")
    renamed = CACHED.replace("name: cached", "name: other")
    project.write(renamed.replace("rows: {type: int, default: 3}", "rows: {type: int}"))
    assert project.ran("-p", "rows=3") == [], "it is the same work in another pipeline"
    again = project.shown("normal")
    places = [again["steps"]["make"], *again["steps"]["each"]["items"]]
    assert [(each["state"], each["attempts"]) for each in places] == [("cached", [])] * 3
    for each in places:
        each.update(state="succeeded", attempts=[{"exit_code": 0}])
    assert (again["steps"], again["lineage"]) == (whole["steps"], whole["lineage"])


def test_one_change_is_one_miss_and_why_says_which(project: Caching) -> None:
    project.write(CACHED.replace("[10, 20]", "[10, 25]"))
    assert project.ran() == ["each 25"]
    assert project.ran("--refresh", "make", "-p", "rows=2") == ["each 10", "each 25", "make"]
    (first, _) = project.told("why", "each")["places"]
    assert first == {"place": "each[0]", "taken_from": None, "differs": {"params.rows": {"before": "3", "after": "2"}}}
    assert "the same key, and started" in project.pipeglot("why", "make").stdout
    assert "PG583" in project.pipeglot("why", "nothing").stderr
    (project.folder / "train.py").write_text("1")
    assert project.ran("-p", "rows=2") == ["each 10", "each 25", "make"]
    assert set(project.told("why", "make")["places"][0]["differs"]) == {"code"}


def test_what_nobody_asks_for_any_more_is_removed(project: Caching) -> None:
    assert project.told("cache", "gc", "--unused", "1") == {"applied": False, "kept": 3, "entries": 0, "bytes": 0}
    kept = project.folder / ".pipeglot/cache"
    for path in (*kept.glob("*.json"), *kept.glob("*/*")):
        os.utime(path, (0, 0))
    done = project.told("cache", "gc", "--unused", "1", "--apply")
    assert (done["kept"], done["entries"]) == (0, 3)
    assert [path for path in kept.rglob("*") if path.is_file()] == []
    assert project.ran("--no-cache") == ALL
    assert list(kept.glob("*.json")) == []


def test_it_keeps_the_record_of_a_run_whose_work_is_kept(project: Caching) -> None:
    assert project.ran("--no-cache") == ALL
    assert project.ran("--no-cache") == ALL
    project.pipeglot("gc", "--keep-last", "1", "--apply")
    told = project.told("records", "gc", "--keep-last", "1", "--apply")
    assert [each["kept"] for each in told["runs"]] == ["", "its work is in the cache"]
    assert project.ran() == []
