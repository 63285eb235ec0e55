"""What each command prints, writes and returns."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from pipeglot_backends.targets import BUILT_IN

ROOT = Path(__file__).parents[2]


def test_it_begins_with_a_pipeline_that_runs(pipeglot: Run, tmp_path: Path) -> None:
    wrote = "wrote first/pipeline.yaml\nwrote first/pipeline.schema.json\nnext: pipeglot run first/pipeline.yaml\n"
    assert pipeglot("init", "first").stdout == wrote
    ran = pipeglot("run", "first/pipeline.yaml", "-p", "who=you", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["state"] == "succeeded"
    shown = json.loads(pipeglot("show", "--format", "normal").stdout)
    assert shown["steps"]["count"]["outputs"] == {"letters": {"value": len("hello, you")}}


def test_it_begins_with_what_targets_take(pipeglot: Run, tmp_path: Path) -> None:
    pipeglot("init")
    for target in ("local", "airflow", "argo"):
        assert pipeglot("compile", "--target", target).returncode == 0


def test_it_tells_editors_where_the_schema_is(pipeglot: Run, tmp_path: Path) -> None:
    pipeglot("init", "first")
    first = (tmp_path / "first" / "pipeline.yaml").read_text("utf-8").splitlines()[0]
    said, _, place = first.partition("=")
    assert said == "# yaml-language-server: $schema"
    assert (tmp_path / "first" / place).read_text("utf-8") == pipeglot("schema").stdout


def test_it_keeps_a_schema_that_is_there(pipeglot: Run, tmp_path: Path) -> None:
    (tmp_path / "pipeline.schema.json").write_text("{}", "utf-8")
    assert "schema" not in pipeglot("init").stdout
    assert (tmp_path / "pipeline.schema.json").read_text("utf-8") == "{}"


def test_it_keeps_runs_out_of_git(pipeglot: Run, good: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=good.parent, check=True)
    assert pipeglot("run").returncode == 0
    listed = ["git", "status", "--porcelain", "--untracked-files=all"]
    found = subprocess.run(listed, cwd=good.parent, check=True, capture_output=True, text=True)
    assert found.stdout == "?? pipeline.yaml\n"


def test_it_never_overwrites_with_init(pipeglot: Run, good: Path) -> None:
    before = good.read_text("utf-8")
    again = pipeglot("init")
    assert (again.returncode, good.read_text("utf-8")) == (2, before)
    assert "PG508" in again.stderr


def test_it_says_fine(pipeglot: Run, good: Path) -> None:
    fine = pipeglot("validate")
    assert (fine.returncode, fine.stdout, fine.stderr) == (0, "pipeline.yaml: fine\n", "")


def test_it_checks_many_files_and_tells_of_all(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(good.read_text("utf-8").replace("params.rows", "params.rowz"), "utf-8")
    (tmp_path / "worse.yaml").write_text("a: [", "utf-8")
    told = pipeglot("validate", "bad.yaml", "pipeline.yaml", "worse.yaml", "--format", "concise")
    assert told.returncode == 1
    assert [line.split(":")[0] for line in told.stderr.splitlines() if ": error[" in line] == ["bad.yaml", "worse.yaml"]


@pytest.mark.parametrize("form", ["json", "github"])
def test_it_tells_machines_on_standard_output(pipeglot: Run, good: Path, form: str) -> None:
    good.write_text(good.read_text("utf-8").replace("params.rows", "params.rowz"), "utf-8")
    told = pipeglot("validate", "--format", form)
    assert told.returncode == 1
    if form == "json":
        (only,) = json.loads(told.stdout)["diagnostics"]
        assert (only["file"], only["line"], only["code"]) == ("pipeline.yaml", 8, "PG203")
    else:
        assert told.stdout.startswith("::error file=pipeline.yaml,line=8,")


def test_it_writes_a_build_folder_and_knows_when_it_is_stale(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    written = pipeglot("compile", "--target", "airflow")
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "build/airflow/good.py").exists()
    assert (tmp_path / "build/airflow/good.pipeglot/definition.json").exists()
    assert pipeglot("compile", "--target", "airflow", "--check").returncode == 0
    good.write_text(good.read_text("utf-8").replace("default: 3", "default: 4"), "utf-8")
    stale = pipeglot("compile", "--target", "airflow", "--check")
    assert stale.returncode == 1
    assert stale.stdout.splitlines()[0] == "build/airflow/good.py: differs"
    assert stale.stdout.splitlines()[-1] == "To mend it: pipeglot compile pipeline.yaml --target airflow"
    assert "default: 4" not in (tmp_path / "build/airflow/good.py").read_text("utf-8")


def test_it_prints_a_definition_and_writes_nothing(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    printed = pipeglot("compile", "--target", "airflow", "--stdout")
    assert printed.returncode == 0
    assert "from airflow.sdk import" in printed.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["pipeline.yaml"]


def test_it_compiles_all_files_or_none(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("steps: 1", "utf-8")
    assert pipeglot("compile", "--target", "airflow", "pipeline.yaml", "bad.yaml").returncode == 1
    assert not (tmp_path / "build").exists()


def test_it_plans_without_writing(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    report = json.loads(pipeglot("plan", "--target", "airflow", "--format", "json").stdout)
    assert [step["id"] for step in report["steps"]] == ["count"]
    assert report["cannot"] == {}
    assert "verdict" in report["tasks"]
    assert [path.name for path in tmp_path.iterdir()] == ["pipeline.yaml"]


def test_it_says_in_the_plan_when_each_step_begins(pipeglot: Run, good: Path) -> None:
    text = "steps: {a: {run: x}, bb: {run: y, needs: [a]}}\non_exit: {c: {run: z}}\n"
    good.write_text(f"apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {{name: p}}\n{text}", "utf-8")
    said = pipeglot("plan", "--target", "local").stdout.splitlines()
    assert said[2:5] == ["  a   script, at once", "  bb  script, after a", "  c   script, after all others"]


def test_it_says_in_the_plan_what_has_to_be_in_the_image(pipeglot: Run, good: Path) -> None:
    steps = "a: {run: [python, train.py, /x.py]}, b: {run: [train.py], code: {source: .}}, c: {notebook: n.ipynb}"
    text = f"steps: {{{steps}}}\ndefaults: {{image: x}}\n"
    good.write_text(f"apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {{name: p}}\n{text}", "utf-8")
    found = json.loads(pipeglot("plan", "--target", "argo", "--format", "json").stdout)["steps"]
    assert [[note.partition("`")[2].partition("`")[0] for note in step["notes"]] for step in found] == [
        ["train.py"], [], ["n.ipynb"],
    ]  # fmt: skip
    assert "not packed" not in pipeglot("plan", "--target", "local").stdout


def test_it_says_in_the_plan_what_a_target_cannot_do(pipeglot: Run, good: Path) -> None:
    report = pipeglot("plan", "--target", "argo")
    assert report.returncode == 1
    assert "no image is named" in report.stdout


@pytest.mark.parametrize("target", ["argo", "kubeflow", "vertex"])
def test_it_says_how_an_image_is_named(pipeglot: Run, good: Path, target: str) -> None:
    said = pipeglot("compile", "--target", target, "--output", "out").stderr
    assert "each step runs in a container, and no image is named" in said
    assert "add `image: …`, or `defaults: {image: …}` for all steps" in said


def test_it_lists_runs_and_shows_one_by_how_its_id_begins(pipeglot: Run, good: Path) -> None:
    ids = [json.loads(pipeglot("run", "--format", "json").stdout)["run"] for _ in range(2)]
    listed = json.loads(pipeglot("runs", "--format", "json").stdout)
    assert {run["run"] for run in listed} == set(ids)
    assert ids[0] in pipeglot("show", ids[0][:-2]).stdout
    assert pipeglot("show", "ffff").returncode == 2


def test_it_fails_with_the_run(pipeglot: Run, good: Path) -> None:
    good.write_text(good.read_text("utf-8").replace('echo "$2" > "$1"', "echo why it broke; exit 7"), "utf-8")
    ran = pipeglot("run")
    assert ran.returncode == 1
    assert "why it broke" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("run ")
    assert "failed" in ran.stdout.splitlines()[-1]


def test_it_explains_codes(pipeglot: Run) -> None:
    assert "PG203" in pipeglot("explain", "pg203").stdout
    unknown = pipeglot("explain", "PG2O3")
    assert unknown.returncode == 2
    assert "did you mean" in unknown.stderr


def test_it_prints_schemas(pipeglot: Run) -> None:
    assert json.loads(pipeglot("schema").stdout)["$schema"]
    assert json.loads(pipeglot("schema", "event").stdout)["$schema"]
    assert json.loads(pipeglot("schema", "component").stdout)["title"] == "pipeglot component"


def test_it_names_its_targets_and_version(pipeglot: Run) -> None:
    listed = json.loads(pipeglot("targets", "--format", "json").stdout)
    assert {target["name"] for target in listed} == set(BUILT_IN)
    assert pipeglot("--version").stdout.startswith("pipeglot 0.")


def test_it_says_which_versions_are_only_a_form(pipeglot: Run) -> None:
    (argo,) = (each for each in json.loads(pipeglot("targets", "--format", "json").stdout) if each["name"] == "argo")
    assert argo == {"name": "argo", "versions": ["3.7", "4.0", "4.1"], "default": "4.0", "run": ["3.7", "4.0"]}
    text = pipeglot("targets").stdout
    assert "argo      3.7, 4.0 (default), 4.1 (form only)\n" in text
    assert text.endswith("\nform only: judged by the definitions of that version, and run by no test\n")


def test_it_shows_an_example_in_every_help(pipeglot: Run) -> None:
    from pipeglot.cli.arguments import COMMANDS

    for name in COMMANDS:
        assert f"example: pipeglot {name}" in " ".join(pipeglot(name, "--help").stdout.split())


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["vaildate"], "`vaildate` is no command of pipeglot", "did you mean `validate`?"),
        (["run", "--profil", "x"], "`--profil` is no option of `pipeglot run`", "did you mean `--profile`?"),
        (["run", "--prof", "x"], "`--prof` is no option of `pipeglot run`", "did you mean `--profile`?"),
        (["run", "--force"], "`--force` is no option of `pipeglot run`", "`pipeglot run --help` says what there is"),
        (["run", "a", "b"], "`b` is no argument of `pipeglot run`", "`pipeglot run --help` says what there is"),
        (["show", "--format", "jsn"], "--format is `jsn`, and there are text, json, normal", "did you mean `json`?"),
        (["run", "--jobs", "0"], "`0` is no whole number from 1 on", None),
        (["runs", "--limit", "-1"], "`-1` is no whole number from 1 on", None),
        (["explain"], "the following arguments are required: CODE", None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_it_says_what_it_cannot_read(arguments: list[str], message: str, hint: str | None, pipeglot: Run) -> None:
    told = pipeglot(*arguments)
    first = told.stderr.splitlines()[0]
    assert (told.returncode, told.stdout) == (2, "")
    assert first.startswith("error[PG506]: ")
    assert message in first
    assert hint is None or f"  hint: {hint}" in told.stderr.splitlines()


def test_it_writes_no_pipeline_over_another(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    text = good.read_text("utf-8") + "defaults: {image: 'python:3.12'}\n"
    good.write_text(text, "utf-8")
    (tmp_path / "other.yaml").write_text(text.replace("name: good", "name: other"), "utf-8")
    told = pipeglot("compile", "--target", "argo", "pipeline.yaml", "other.yaml")
    assert (told.returncode, told.stderr.split(":")[0]) == (2, "error[PG508]")
    assert not (tmp_path / "build").exists()
    assert pipeglot("compile", "--target", "airflow", "pipeline.yaml", "other.yaml").returncode == 0
    assert {path.name for path in (tmp_path / "build/airflow").glob("*.py")} == {"good.py", "other.py"}
    assert pipeglot("compile", "--target", "airflow", "pipeline.yaml", "pipeline.yaml").returncode == 0
