"""The hooks, by the real pre-commit at a real `git commit`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import GOOD

ROOT = Path(__file__).parents[3]
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
    wanted = [{"id": "pipeglot-validate"}, {"id": "pipeglot-compile-check"}]
    config = {"repos": [{"repo": str(hooks), "rev": git(hooks, "rev-parse", "HEAD").strip(), "hooks": wanted}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    git(folder, "init", "--quiet")
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=folder, check=True, capture_output=True)
    return folder


def commit(project: Path, **files: str | None) -> subprocess.CompletedProcess[str]:
    """Tries to, with these files as they are told, by their names without dots; all that is said stands in `stderr`."""
    for name, text in files.items():
        path = project / NAMES[name]
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    git(project, "add", "-A")
    environ = {**os.environ, "PRE_COMMIT_HOME": str(project.parent / "pre-commit-home"), "PRE_COMMIT_COLOR": "never"}
    command = ["git", *WHO, "commit", "-m", "try"]
    return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, check=False)


def compiled(project: Path) -> None:
    subprocess.run([*COMPILE, "pipeline.yaml"], cwd=project, check=True, capture_output=True)


@pytest.fixture(scope="module")
def first(project: Path) -> subprocess.CompletedProcess[str]:
    (project / "parts").mkdir()
    (project / NAMES["component"]).write_text(COMPONENT, "utf-8")
    (project / "pipeline.yaml").write_text(USING, "utf-8")
    compiled(project)
    return commit(project, others="kind: ConfigMap\nmetadata: {name: good}\na: [&x 1, *x]\n", churn=CHURN)


@pytest.fixture(autouse=True)
def clean(first: subprocess.CompletedProcess[str], project: Path) -> Iterator[None]:
    yield
    git(project, "reset", "--quiet", "--hard")


NAMES = {
    "pipeline": "pipeline.yaml",
    "component": "parts/count.yaml",
    "others": "k8s/any.yaml",
    "churn": "ml/churn.yaml",
    "profile": "ml/churn.prod.yaml",
    "second": "ml/other.yaml",
    "dag": "build/airflow/good.py",
    "table": "build/airflow/good.pipeglot/steps.json",
}
COMPONENT = """\
apiVersion: pipeglot/v1
kind: Component
metadata: {name: count}
inputs: {rows: {type: int}}
run: [echo, "${{ inputs.rows }}"]
"""
USING = GOOD + "  again: {uses: parts/count.yaml, with: {rows: 4}}\n"
CHURN = GOOD.replace("name: good", "name: churn") + "profiles: {dev: {params: {rows: 5}}}\n"


def test_it_lets_good_files_pass(first: subprocess.CompletedProcess[str]) -> None:
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stderr.count("Passed") == 2


WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "a mistake": ({"pipeline": USING.replace("params.rows", "params.row")}, "pipeline.yaml:8:"),
    "a mistake in a file of any name": ({"churn": CHURN.replace("params.rows", "params.row")}, "ml/churn.yaml:8:"),
    "a mistake in a profile": ({"profile": "params: {rows: many}\n"}, "ml/churn.prod.yaml:1:"),
    "a component that its pipeline cannot use": ({"component": COMPONENT.replace("rows", "lines")}, "pipeline.yaml:"),
    "a component that is gone": ({"component": None}, "`parts/count.yaml` cannot be used: it does not exist"),
    "a component that changed": ({"component": COMPONENT.replace("echo", "printf")}, "steps.json: differs"),
    "a pipeline that changed": ({"pipeline": USING.replace("default: 3", "default: 4")}, "good.py: differs"),
    "a compiled file edited by hand": ({"dag": "x = 1\n"}, "build/airflow/good.py: differs"),
    "a compiled file that is gone": ({"table": None}, "build/airflow/good.pipeglot/steps.json: missing"),
}


@pytest.mark.parametrize("change", WRONG)
def test_it_stops(change: str, project: Path) -> None:
    files, said = WRONG[change]
    told = commit(project, **files)
    assert told.returncode == 1
    assert said in told.stderr
    assert git(project, "rev-list", "--count", "HEAD").strip() == "1"


def test_it_stops_a_second_pipeline_of_a_name_unless_that_is_wanted(project: Path) -> None:
    """pre-commit shows nothing of a hook that passes: a warning would never be seen."""
    config = project / ".pre-commit-config.yaml"
    told = commit(project, second=CHURN)
    assert told.returncode == 1
    assert "error[PG220]: `churn` is the name of the pipeline in `ml/churn.yaml` too" in told.stderr
    wanted = yaml.safe_load(config.read_text("utf-8"))
    wanted["repos"][0]["hooks"][0]["args"] = []
    config.write_text(yaml.safe_dump(wanted), "utf-8")
    passed = commit(project, second=CHURN)
    assert passed.returncode == 0, passed.stderr
    git(project, "reset", "--quiet", "--hard", "HEAD~1")


def test_it_says_how_to_mend_what_is_stale(project: Path) -> None:
    text = USING.replace("default: 3", "default: 4")
    stale = commit(project, pipeline=text)
    assert "To mend it: pipeglot compile pipeline.yaml" in stale.stderr
    assert "hook id: pipeglot-validate" not in stale.stderr
    compiled(project)
    assert commit(project, pipeline=text).returncode == 0
