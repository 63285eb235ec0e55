"""The hooks, by the real pre-commit at a real `git commit`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import GOOD

ROOT = Path(__file__).parents[2]
WHO = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
COMPILE = [sys.executable, "-m", "pipeglot", "compile", "--target", "airflow"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *WHO, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of pipeglot as it is now, changes that are not committed among them."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "all")
    return folder


@pytest.fixture(scope="module")
def project(hooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    wanted = [{"id": "pipeglot-validate"}, {"id": "pipeglot-compile-check", "args": ["--target", "airflow"]}]
    config = {"repos": [{"repo": str(hooks), "rev": git(hooks, "rev-parse", "HEAD").strip(), "hooks": wanted}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    git(folder, "init", "--quiet")
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=folder, check=True, capture_output=True)
    return folder


def commit(project: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Tries to; all that is said stands in `stderr`."""
    (project / "pipeline.yaml").write_text(text, "utf-8")
    git(project, "add", "-A")
    environ = {**os.environ, "PRE_COMMIT_HOME": str(project.parent / "pre-commit-home"), "PRE_COMMIT_COLOR": "never"}
    command = ["git", *WHO, "commit", "-m", "try"]
    return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def first(project: Path) -> subprocess.CompletedProcess[str]:
    (project / "pipeline.yaml").write_text(GOOD, "utf-8")
    subprocess.run(COMPILE, cwd=project, check=True, capture_output=True)
    return commit(project, GOOD)


def test_it_lets_a_good_file_pass(first: subprocess.CompletedProcess[str]) -> None:
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stderr.count("Passed") == 2


def test_it_stops_a_mistake_and_shows_the_place(first: subprocess.CompletedProcess[str], project: Path) -> None:
    told = commit(project, GOOD.replace("params.rows", "params.row"))
    assert told.returncode == 1
    assert "pipeline.yaml:8:" in told.stderr
    assert "error[PG203]" in told.stderr
    assert git(project, "rev-list", "--count", "HEAD").strip() == "1"


def test_it_stops_what_was_compiled_before(first: subprocess.CompletedProcess[str], project: Path) -> None:
    text = GOOD.replace("default: 3", "default: 4")
    stale = commit(project, text)
    assert stale.returncode == 1
    assert "+++ build/airflow/good.py (fresh)" in stale.stderr
    assert "hook id: pipeglot-validate" not in stale.stderr
    subprocess.run(COMPILE, cwd=project, check=True, capture_output=True)
    assert commit(project, text).returncode == 0
