"""Where a pipeline's description comes from: the same in every clone and folder, another for another project."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipeglot.cli.origin import VARIABLE, commit_of, origin_of, plain

REMOTES = [
    "https://github.com/team/models.git",
    "https://me:secret@GitHub.com/team/models",
    "ssh://git@github.com:22/team/models.git",
    "git@github.com:team/models.git",
    "github.com:team/models/",
]


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def repository(folder: Path, remote: str | None = None) -> Path:
    (folder / "churn").mkdir(parents=True)
    git(folder, "init")
    if remote:
        git(folder, "remote", "add", "origin", remote)
    return folder / "churn" / "pipeline.yaml"


def test_a_run_that_is_submitted_is_of_a_commit(tmp_path: Path) -> None:
    file = repository(tmp_path, REMOTES[1])
    assert commit_of(file) is None
    file.write_text("a")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "a")
    clean = commit_of(file)
    file.write_text("b")
    changed = commit_of(file)
    assert clean is not None
    assert (clean["remote"], clean["dirty"]) == ("github.com/team/models", False)
    assert changed == {**clean, "dirty": True}


@pytest.mark.parametrize("remote", REMOTES)
def test_a_remote_is_one_however_it_is_reached(remote: str) -> None:
    assert plain(remote) == "github.com/team/models"


@pytest.mark.parametrize("remote", ["/srv/git/models.git", "file:///srv/git/models.git", "../models", "C:\\models"])
def test_a_path_of_a_machine_is_no_remote(remote: str) -> None:
    assert plain(remote) is None


def test_it_is_the_repository_and_the_path_in_it(tmp_path: Path) -> None:
    first, second = (repository(tmp_path / name, REMOTES[number]) for number, name in enumerate(("here", "there")))
    assert origin_of(first, {}) == origin_of(second, {}) == "github.com/team/models//churn/pipeline.yaml"
    assert origin_of(first.with_name("other.yaml"), {}) == "github.com/team/models//churn/other.yaml"


def test_it_is_the_first_commit_without_a_remote(tmp_path: Path) -> None:
    file = repository(tmp_path / "here")
    git(tmp_path / "here", "commit", "--allow-empty", "-m", "first")
    subprocess.run(["git", "clone", tmp_path / "here", tmp_path / "there"], check=True, capture_output=True)
    (tmp_path / "there" / "churn").mkdir()
    other = repository(tmp_path / "other")
    git(tmp_path / "other", "commit", "--allow-empty", "-m", "another first")
    found = origin_of(file, {})
    assert found == origin_of(tmp_path / "there" / "churn" / "pipeline.yaml", {})
    assert found != origin_of(other, {})


def test_it_is_a_mark_that_moves_with_the_folder_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    files = [tmp_path / name / "pipeline.yaml" for name in ("one", "two")]
    for file in files:
        file.parent.mkdir()
    first, second = (origin_of(file, {}) for file in files)
    assert first != second
    assert first == origin_of(files[0], {})
    shutil.move(tmp_path / "one", tmp_path / "moved")
    assert first == origin_of(tmp_path / "moved" / "pipeline.yaml", {})


def test_it_is_what_the_environment_says(tmp_path: Path) -> None:
    assert origin_of(tmp_path / "pipeline.yaml", {VARIABLE: "models//churn"}) == "models//churn"
