"""What `compile --check` says, and where profiles and several pipelines are compiled into."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import GOOD, Run

BUILT = "build/airflow"


@pytest.fixture
def built(pipeglot: Run, good: Path, tmp_path: Path) -> Path:
    assert pipeglot("compile", "--target", "airflow").returncode == 0
    return tmp_path / BUILT


def test_it_says_each_file_and_the_command_that_mends(pipeglot: Run, built: Path) -> None:
    (built / "good.py").write_text("x = 1\n", "utf-8")
    (built / "good.pipeglot/steps.json").unlink()
    (built / "configmap.yaml").write_text("app.kubernetes.io/managed-by: pipeglot\n", "utf-8")
    (built / "kustomization.yaml").write_text("resources: [configmap.yaml]  # not pipeglot's\n", "utf-8")
    told = pipeglot("compile", "--target", "airflow", "--check")
    assert told.returncode == 1
    assert told.stdout.splitlines() == [
        f"{BUILT}/good.py: differs",
        f"{BUILT}/good.pipeglot/steps.json: missing",
        f"{BUILT}/configmap.yaml: surplus",
        f"To mend it: pipeglot compile pipeline.yaml --target airflow && rm {BUILT}/configmap.yaml",
    ]
    (built / "configmap.yaml").unlink()
    assert pipeglot("compile", "pipeline.yaml", "--target", "airflow").returncode == 0
    assert pipeglot("compile", "--check").stdout == f"{BUILT}: fresh\n"


def test_it_takes_one_line_where_nothing_was_compiled(pipeglot: Run, good: Path) -> None:
    told = pipeglot("compile", "--target", "airflow", "--check", "--diff")
    lines = [f"{BUILT}: missing", "To mend it: pipeglot compile pipeline.yaml --target airflow"]
    assert (told.returncode, told.stdout.splitlines()) == (1, lines)


def test_it_shows_what_differs_when_asked_and_nothing_of_a_sidecar(pipeglot: Run, built: Path) -> None:
    for name in ("good.pipeglot/sidecar.py", "good.pipeglot/steps.json"):
        (built / name).write_text(f"old {'x' * 1000}\n", "utf-8")
    assert "+++" not in pipeglot("compile", "--check").stdout
    told = pipeglot("compile", "--check", "--diff").stdout
    assert f"+++ {BUILT}/good.pipeglot/steps.json (fresh)" in told
    assert f"{BUILT}/good.pipeglot/sidecar.py: differs" in told
    assert "sidecar.py (fresh)" not in told
    assert max(map(len, told.splitlines())) <= 401


@pytest.mark.parametrize("form", ["json", "github", "concise"])
def test_it_tells_programs_in_their_forms(form: str, pipeglot: Run, built: Path) -> None:
    (built / "good.py").write_text("x = 1\n", "utf-8")
    told = pipeglot("compile", "--target", "airflow", "--check", "--format", form)
    command = "pipeglot compile pipeline.yaml --target airflow"
    assert told.returncode == 1
    if form == "json":
        found = json.loads(told.stdout)
        assert found["stale"] == [{"file": f"{BUILT}/good.py", "state": "differs"}]
        assert (found["fresh"], found["commands"]) == ([], [command])
    elif form == "github":
        said = f"::error file={BUILT}/good.py,line=1,col=1,title=PG560::"
        assert told.stdout.startswith(said)
        assert told.stdout.endswith(f"%0Ahint: {command}\n")
    else:
        assert told.stderr.startswith(f"{BUILT}/good.py:1:1: error[PG560]: ")


def test_two_profiles_of_a_target_do_not_meet(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    profiles = "profiles:\n  dev: {target: airflow, name: good-dev}\n  prod: {target: airflow}\n"
    good.write_text(GOOD + profiles, "utf-8")
    for profile in ("dev", "prod"):
        assert pipeglot("compile", "--profile", profile).returncode == 0
    assert 'dag_id="good-dev"' in (tmp_path / "build/dev/good-dev.py").read_text("utf-8")
    assert 'dag_id="good"' in (tmp_path / "build/prod/good.py").read_text("utf-8")
    assert pipeglot("compile", "--check").stdout == "build/dev: fresh\nbuild/prod: fresh\n"


def test_several_pipelines_have_room_in_one_folder_or_are_refused(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    text = GOOD.replace("    run:", "    image: x\n    run:")
    good.write_text(text, "utf-8")
    (tmp_path / "churn.yaml").write_text(text.replace("name: good", "name: churn"), "utf-8")
    both = ("compile", "pipeline.yaml", "churn.yaml", "-o", "out")
    assert pipeglot(*both, "--target", "airflow").returncode == 0
    assert {path.name for path in (tmp_path / "out").glob("*.py")} == {"good.py", "churn.py"}
    assert pipeglot(*both, "--target", "airflow", "--check").stdout == "out: fresh\n"
    refused = pipeglot(*both, "--target", "argo")
    assert refused.returncode == 2
    assert "hint: compile one at a time, each with a folder of its own: `-o out/churn`" in refused.stderr
    assert pipeglot("compile", "churn.yaml", "-o", "out/churn", "--target", "argo").returncode == 0


def test_it_warns_of_two_pipelines_of_one_name(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(GOOD, "utf-8")
    told = pipeglot("validate", "pipeline.yaml", "again.yaml", "--format", "concise")
    assert told.returncode == 0
    assert "again.yaml:3:18: warning[PG220]: `good` is the name of the pipeline in `pipeline.yaml` too" in told.stderr


def test_it_passes_over_files_of_others(pipeglot: Run, tmp_path: Path) -> None:
    for number, text in enumerate(["a: [", "apiVersion: v1\nx: pipeglot/v1\n", "- pipeglot/v1\n", "pipeglot/v1", ""]):
        (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
    names = [f"{number}.yaml" for number in range(5)]
    assert pipeglot("validate", "--changed", *names, "--format", "concise").returncode == 0
    (tmp_path / "ours.yaml").write_text("apiVersion: pipeglot/v1\na: [", "utf-8")
    assert pipeglot("validate", "--changed", *names, "ours.yaml", "--format", "concise").returncode == 1


def test_it_says_in_the_plan_what_needs_server_side(pipeglot: Run, good: Path) -> None:
    steps = "".join(f"  s{each}: {{image: x, run: [python3, -m, m, '{each}']}}\n" for each in range(1400))
    good.write_text(f"{GOOD.partition('steps:')[0]}steps:\n{steps}", "utf-8")
    told = pipeglot("plan", "--target", "argo").stdout
    assert "262,144 bytes" in told
    assert "`--server-side` (Argo CD: `ServerSideApply=true`): workflowtemplate.yaml" in told
