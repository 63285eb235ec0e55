"""Where runs and their records are kept, and that every command finds the same place."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests import forked
from tests.cli.conftest import GOOD, Run


def at(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.pipeglot(*arguments, folder=folder)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "jobs" / "churn").mkdir(parents=True)
    (tmp_path / "jobs" / "churn" / "pipeline.yaml").write_text(GOOD, "utf-8")
    return tmp_path


def ran(folder: Path, file: str) -> str:
    done = at(folder, "run", file, "--format", "json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["run"])


def listed(folder: Path) -> set[str]:
    return {run["run"] for run in json.loads(at(folder, "runs", "--format", "json").stdout)}


def places(project: Path) -> list[str]:
    return sorted(str(path.parent.relative_to(project)) for path in project.rglob(".pipeglot"))


def test_it_keeps_runs_beside_the_file_wherever_one_stands(project: Path) -> None:
    runs = {ran(project, "jobs/churn/pipeline.yaml"), ran(project / "jobs" / "churn", "pipeline.yaml")}
    assert places(project) == ["jobs/churn"]
    kept = project / "jobs" / "churn" / ".pipeglot"
    assert (kept / ".gitignore").read_text("utf-8") == "*\n"
    assert {path.name for path in (kept / "runs").iterdir()} == runs
    for folder in (project, project / "jobs", kept.parent):
        assert listed(folder) == runs
        assert at(folder, "show", min(runs)).returncode == 0


def test_it_keeps_them_in_the_nearest_place_upward(project: Path) -> None:
    (project / ".pipeglot").mkdir()
    runs = {ran(project, "jobs/churn/pipeline.yaml"), ran(project / "jobs" / "churn", "pipeline.yaml")}
    assert places(project) == ["."]
    assert (project / ".pipeglot" / ".gitignore").read_text("utf-8") == "*\n"
    assert listed(project) == listed(project / "jobs" / "churn") == runs


def test_it_finds_the_store_that_an_older_pipeglot_made_where_one_stood(project: Path) -> None:
    """It kept the runs beside the file."""
    first = ran(project, "jobs/churn/pipeline.yaml")
    (project / ".pipeglot").mkdir()
    for part in (project / "jobs" / "churn" / ".pipeglot").glob("records.db*"):
        part.rename(project / ".pipeglot" / part.name)
    assert listed(project) == listed(project / "jobs" / "churn") == {first}
    assert listed(project) > {first} or ran(project / "jobs" / "churn", "pipeline.yaml") in listed(project)


def test_it_takes_nothing_from_a_folder_in_which_anybody_may_write(project: Path) -> None:
    (project / ".pipeglot").mkdir()
    project.chmod(0o1777)
    ran(project, "jobs/churn/pipeline.yaml")
    assert places(project) == [".", "jobs/churn"]


def test_it_tells_where_to_look_where_there_is_more_than_one_place_below(project: Path) -> None:
    (project / "jobs" / "sales").mkdir()
    (project / "jobs" / "sales" / "pipeline.yaml").write_text(GOOD, "utf-8")
    for name in ("churn", "sales"):
        ran(project, f"jobs/{name}/pipeline.yaml")
    assert listed(project) == set()
    assert at(project, "show").stderr.startswith("error[PG509]: there is no run in the store `.pipeglot/records.db`")


@pytest.mark.parametrize("target", ["argo", "airflow", "kubeflow"])
def test_it_keeps_what_submit_makes_out_of_git(target: str, pipeglot: Run, project: Path) -> None:
    file = project / "jobs" / "churn" / "pipeline.yaml"
    file.write_text(GOOD.replace("    run:", "    image: python:3.12\n    run:"), "utf-8")
    pipeglot("submit", "jobs/churn/pipeline.yaml", "--target", target)
    assert all((project / place / ".pipeglot" / ".gitignore").exists() for place in places(project))
    assert places(project) in ([], ["jobs/churn"])
