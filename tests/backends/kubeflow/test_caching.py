"""Kept work and Kubeflow's own way of handing on: what one run did another takes, and the steps after it read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.backends.kubeflow.test_conformance import recorded
from tests.conformance.cases import Case

from pipeglot.driver.compiling import compiled, load
from pipeglot.driver.packaging import package

SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: twice}
defaults: {image: "python:3.11-slim", code: {source: ., include: [make.sh]}}
params: {join: {type: string, default: JOIN}}
steps:
  make:
    cache: {enabled: true}
    foreach: {items: [1, 2]}
    run: [sh, make.sh, "${{ outputs.made }}", "${{ outputs.rows }}", "${{ item }}"]
    outputs: {made: {artifact: directory}, rows: {type: int}}
  use:
    run: [python3, -c, "${{ params.join }}", "${{ steps.make.outputs.made }}", "${{ outputs.all }}"]
    outputs: {all: {type: string}}
profiles:
  kubeflow: {target: kubeflow, cache: {store: STORE, environment: here}}
  vertex: {target: vertex, cache: {store: STORE, environment: here}}
"""
JOIN = "import json,sys; open(sys.argv[2],'w').write(''.join(open(p+'/rows').read() for p in json.loads(sys.argv[1])))"
SCRIPT = 'echo "$3" >> STARTS; mkdir "$1"; echo "row $3" > "$1/rows"; printf "%s" "$3" > "$2"\n'


def spec(store: str) -> str:
    return SPEC.replace("STORE", store).replace("JOIN", json.dumps(JOIN))


def test_what_was_done_is_taken_and_handed_on(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    path = tmp_path / "pipeline.yaml"
    path.write_text(spec(str(tmp_path / "kept")), "utf-8")
    (tmp_path / "make.sh").write_text(SCRIPT.replace("STARTS", str(starts)), "utf-8")
    pipeline = load(path, "kubeflow")
    list(package(pipeline))
    files = {file.path: file.text for file in compiled(pipeline).files}
    case = Case("twice", path, "")
    found = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        text, said = recorded(pipeline, files, case, tmp_path / name)
        found.append(json.loads(text))
        assert found[-1]["run"] == "succeeded", said
    assert sorted(starts.read_text().split()) == ["1", "2"]
    first, second = (each["steps"] for each in found)
    assert [item["state"] for item in second["make"]["items"]] == ["cached", "cached"]
    assert [item["outputs"] for item in second["make"]["items"]] == [item["outputs"] for item in first["make"]["items"]]
    assert second["use"]["outputs"]["all"] == first["use"]["outputs"]["all"] == {"value": "row 1\nrow 2"}


@pytest.mark.parametrize("profile", ["kubeflow", "vertex"])
def test_the_sidecar_is_told_where(profile: str, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    (tmp_path / "make.sh").write_text(SCRIPT, "utf-8")
    path.write_text(spec("gs://team/cache"), "utf-8")
    pipeline = load(path, profile)
    list(package(pipeline))
    assert "gs://team/cache" in "".join(file.text for file in compiled(pipeline).native)
