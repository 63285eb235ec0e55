"""Every command that takes a target, with one that others have installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.cases import CASES, Case
from tests.strangers.conftest import Run

RUN = "01a22cb0-6968-7451-b47f-e34914bf95f7"
SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: count}
params:
  rows: {type: int, default: 3}
  token: {type: string, default: hush}
steps:
  extract:
    run: 'seq ${{ params.rows }} > ${{ outputs.raw }}; test ${{ params.token }} = hush'
    outputs: {raw: {artifact: dataset, format: csv}}
  count:
    run: 'wc -l < ${{ steps.extract.outputs.raw }} > ${{ outputs.n }}'
    outputs: {n: {type: int}}
profiles:
  prod: {target: shellscript, shellscript: {folder: engine}}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "pipeline.yaml"
    path.write_text(SPEC, "utf-8")
    return path


def shown(pipeglot: Run, *arguments: str) -> Any:
    answer = pipeglot(*arguments, "--format", "json")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return json.loads(answer.stdout)


def test_it_is_one_of_the_targets(pipeglot: Run, spec: Path, tmp_path: Path) -> None:
    assert {"name": "shellscript", "versions": ["1"], "default": "1", "run": ["1"]} in shown(pipeglot, "targets")
    assert shown(pipeglot, "validate") == {"diagnostics": []}
    written = {Path(name).name for name in shown(pipeglot, "compile", "--profile", "prod")["written"]}
    assert written == {"count.sh", "sidecar.py", "steps.json", "definition.json"}
    assert (tmp_path / "build/prod/count.sh").stat().st_mode & 0o100
    plan = shown(pipeglot, "plan", "--target", "shellscript@1")
    assert (plan["target"], plan["sidecar"], plan["cannot"]) == ("shellscript@1", "as a file beside the script", {})


def test_its_settings_are_fields_for_editors(pipeglot: Run) -> None:
    profile = json.loads(pipeglot("schema").stdout)["$defs"]["Profile"]["properties"]
    assert profile["shellscript"]["additionalProperties"] is True
    assert "shellscript" in profile["target"]["anyOf"][0]["enum"]
    assert "shellscript" not in pipeglot("schema", path=None).stdout


def test_a_run_on_it_leaves_the_record_of_a_local_one(pipeglot: Run, spec: Path) -> None:
    submitted = shown(pipeglot, "submit", "--profile", "prod", "--run-id", RUN, "--wait", "-p", "rows=5")
    assert (submitted["run"], submitted["state"]) == (RUN, "succeeded")
    there = pipeglot("show", RUN, "--format", "normal").stdout
    assert json.loads(there)["steps"]["count"]["outputs"] == {"n": {"value": 5}}
    assert pipeglot("run", "-p", "rows=5").returncode == 0
    assert pipeglot("show", "--format", "normal").stdout == there
    again = shown(pipeglot, "submit", "--profile", "prod", "--run-id", RUN, "-p", "rows=5")
    assert again["known"]


def test_a_run_is_watched(pipeglot: Run, spec: Path) -> None:
    spec.write_text(SPEC.replace("run: 'seq", "run: 'sleep 1; seq"), "utf-8")
    run = shown(pipeglot, "submit", "--profile", "prod", "-p", "token=wrong")["run"]
    told = pipeglot("watch", run)
    assert told.returncode == 1, told.stderr
    lines = told.stdout.splitlines()
    assert lines[-1].startswith(f"run {run} of count: failed in ")
    assert "  count: cancelled, upstream-failed" in lines
    assert any(line.startswith("  extract: failed, exit-code 1 in ") for line in lines)


def test_a_run_is_stopped(pipeglot: Run, spec: Path) -> None:
    spec.write_text(SPEC.replace("run: 'seq", "run: 'sleep 300; seq"), "utf-8")
    run = shown(pipeglot, "submit", "--profile", "prod")["run"]
    while shown(pipeglot, "status")["tasks"] != {"extract": "running"}:
        time.sleep(0.2)
    assert pipeglot("cancel", run).returncode == 0
    while (found := shown(pipeglot, "status"))["state"] == "running":
        time.sleep(0.2)
    assert (found["state"], found["tasks"]["count"]) == ("cancelled", "cancelled")
    assert shown(pipeglot, "collect")["state"] == "cancelled"
    assert json.loads(pipeglot("show", "--format", "normal").stdout)["run"] == "cancelled"


def test_all_its_runs_are_collected_whoever_started_them(pipeglot: Run, spec: Path, tmp_path: Path) -> None:
    pipeglot("compile", "--profile", "prod")
    (tmp_path / "engine/by-hand/params").mkdir(parents=True)
    (tmp_path / "engine/by-hand/params/token").write_text('"hush"', "utf-8")
    subprocess.run(["sh", "build/prod/count.sh", "engine/by-hand"], cwd=tmp_path, check=True)
    submitted = shown(pipeglot, "submit", "--profile", "prod", "--wait")["run"]
    (tmp_path / ".pipeglot/records.db").unlink()
    collected = shown(pipeglot, "collect", "--all", "--profile", "prod")
    assert collected["new"] == 2
    (by_hand,) = (each["run"] for each in collected["runs"] if each["run"] != submitted)
    record = shown(pipeglot, "show", by_hand)
    assert (record["pipeline"], record["target"], record["state"]) == ("count", "shellscript", "succeeded")
    assert shown(pipeglot, "collect", "--all", "--profile", "prod")["new"] == 0


CHOSEN = (
    "always_reads_default",
    "chain_values",
    "failed_branch",
    "folder_artifact",
    "group_when",
    "missing_output",
    "params_typed",
    "run_if_failure",
    "skip_by_data",
)


@pytest.mark.parametrize("case", [case for case in CASES if case.name in CHOSEN], ids=lambda case: case.name)
def test_it_leaves_the_expected_record(case: Case, pipeglot: Run, tmp_path: Path) -> None:
    for file in case.pipeline.parent.glob("*.yaml"):
        shutil.copy(file, tmp_path / file.name)
    (tmp_path / "pipeline.shells.yaml").write_text("target: shellscript\nshellscript: {folder: engine}\n", "utf-8")
    ran = pipeglot("submit", "--profile", "shells", "--wait", *case.arguments())
    assert ran.returncode == {"succeeded": 0, "failed": 1}[json.loads(case.expected)["run"]], ran.stderr
    assert not case.difference(pipeglot("show", "--format", "normal").stdout)
