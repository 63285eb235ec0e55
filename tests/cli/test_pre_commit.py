"""The hooks, by the real pre-commit in a real git repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import GOOD

ROOT = Path(__file__).parents[2]


WHO = ["-c", "user.name=x", "-c", "user.email=x@example.org"]


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *WHO, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    git(folder, "init", "--quiet")
    (folder / "pipeline.yaml").write_text(GOOD.replace("steps:", "profiles: {a: {target: airflow}}\nsteps:"), "utf-8")
    return folder


def hook(project: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    git(project, "add", "-A")
    home = project.parent / "pre-commit-home"
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), name, "--all-files", "--verbose"]
    environ = {**os.environ, "PRE_COMMIT_HOME": str(home), "GIT_AUTHOR_NAME": "x", "GIT_COMMITTER_NAME": "x",
               "GIT_AUTHOR_EMAIL": "x@example.org", "GIT_COMMITTER_EMAIL": "x@example.org"}  # fmt: skip
    return subprocess.run([*command, *arguments], cwd=project, env=environ, capture_output=True, text=True, check=False)


def test_it_passes_a_good_file_and_stops_a_bad_one(project: Path) -> None:
    passed = hook(project, "pipeglot-validate")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "Passed" in passed.stdout
    good = (project / "pipeline.yaml").read_text("utf-8")
    (project / "pipeline.yaml").write_text(good.replace("params.rows", "params.row"), "utf-8")
    stopped = hook(project, "pipeglot-validate")
    (project / "pipeline.yaml").write_text(good, "utf-8")
    assert stopped.returncode == 1
    assert "pipeline.yaml:9:" in stopped.stdout
    assert "error[PG203]" in stopped.stdout
