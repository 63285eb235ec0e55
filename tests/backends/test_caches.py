"""Where the work of steps is kept, on each target: what the sidecar is told, what is refused, and one key for all."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.sidecar.stage import Stage

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compile_file, find_target, load, options_for
from pipeglot.driver.packaging import package

SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: shared}
defaults: {image: "python:3.11-slim", cache: {enabled: true}, code: {source: ., include: [make.sh]}}
steps:
  s:
    run: [sh, make.sh, "${{ outputs.made }}", "${{ outputs.rows }}"]
    outputs: {made: {artifact: directory}, rows: {type: int}}
profiles:
  local: {target: local, cache: &cache {store: STORE, environment: here}}
  bash: {target: airflow, cache: *cache}
  docker: {target: airflow, airflow: {operator: docker}, cache: *cache}
  pods: {target: airflow, airflow: {operator: kubernetes}, artifacts: "s3://team/made", cache: *cache}
  argo: {target: argo, cache: *cache}
  kubeflow: {target: kubeflow, cache: *cache}
  vertex: {target: vertex, cache: *cache}
"""
SCRIPT = 'echo started >> "$STARTS"; mkdir "$1"; seq 3 > "$1/rows"; printf 3 > "$2"\n'
Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(store: str) -> Path:
        path = tmp_path / "pipeline.yaml"
        path.write_text(SPEC.replace("STORE", store), "utf-8")
        (tmp_path / "make.sh").write_text(SCRIPT, "utf-8")
        list(package(load(path, "local")))
        return path

    return write


@pytest.mark.parametrize("profile", ["bash", "pods", "argo"])
def test_the_sidecar_is_told_where(profile: str, written: Written) -> None:
    for store in ("s3://team/cache", "/mnt/work"):
        found = "".join(file.text for file in compile_file(written(store), profile=profile).native)
        assert re.search(rf'PIPEGLOT_CACHE"?:? ?.*\s*(value: )?.*{store}', found)


@pytest.mark.parametrize(
    ("profile", "store", "reason"),
    [
        ("kubeflow", "kept", "pods share no folder"),
        ("vertex", "kept", "pods share no folder"),
        ("docker", "s3://team/cache", "asks for kept work by itself"),
        ("argo", "kept", "pods share no folder"),
        ("pods", "kept", "pods share no folder"),
    ],
)
def test_it_refuses(profile: str, store: str, reason: str, written: Written) -> None:
    with pytest.raises(SpecRejected, match=rf"PG401: .*{reason}"):
        compile_file(written(store), profile=profile)


def test_it_refuses_what_no_one_knows(written: Written) -> None:
    with pytest.raises(SpecRejected, match="PG349"):
        written("https://team.example/cache")
    path = written("/mnt/work")
    path.write_text(path.read_text("utf-8").replace(", code: {source: ., include: [make.sh]}", ""), "utf-8")
    with pytest.raises(SpecRejected, match=r"PG401: .*is not known when the DAG is written"):
        compile_file(path, profile="bash")


def told(stage: Stage) -> dict[str, dict[str, str]]:
    return {
        "bash": {"PIPEGLOT_ENGINE": "airflow", "PIPEGLOT_RESULT_FILE": str(stage.folder / "return.json")},
        "argo": {"PIPEGLOT_ENGINE": "argo", "PIPEGLOT_ARTIFACTS": "", "PIPEGLOT_OUT": str(stage.folder / "out")},
    }


def test_what_one_engine_did_another_takes(written: Written, stage: Stage) -> None:
    """By the tables of all targets and their ways of handing on: each finds what the first has left."""
    path = written(str(stage.folder / "kept"))
    starts = stage.folder / "starts"
    stage.own_sidecar()
    for number, profile in enumerate(("local", "bash", "argo", "local")):
        settings = told(stage).get(profile, {})
        pipeline = load(path, profile)
        backend, version = find_target(str(pipeline.target))
        options = options_for(pipeline, backend, version)
        stage.table = json.loads(options.table)
        for digest, text in options.code.items():
            (stage.folder / f"code-{digest.partition(':')[2][:12]}").write_text(text, "ascii")
        record = stage.folder / f"record-{number}"
        cache = {"PIPEGLOT_CACHE": str(stage.folder / "kept"), "PIPEGLOT_RECORD": str(record)}
        done = stage.run("run", None, {"STARTS": str(starts), **cache, **settings})
        assert done.code == 0, done.err
        assert starts.read_text().splitlines() == ["started"]
        (log,) = record.rglob("*.jsonl")
        assert json.loads(log.read_text().splitlines()[-1])["state"] == ("cached" if number else "succeeded")
    assert (stage.folder / "out/made/made/rows").read_text() == "1\n2\n3\n"
    assert json.loads(json.loads((stage.folder / "return.json").read_text())["rows"]) == 3


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    (tmp_path / "stage").mkdir()
    return Stage(tmp_path / "stage", sys.executable)
