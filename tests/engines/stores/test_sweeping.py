"""What is removed from a bucket: what no kept run and no kept work needs, and not yet what is young."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.engines.stores.servers import BUCKET, Server
from tests.engines.stores.test_conformance import ROOMS, ROOT

from pipeglot_records.reuse import stored
from pipeglot_records.store.database import open_store

SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: swept}
params: {n: {type: int, default: 1}}
steps:
  make:
    cache: {enabled: true}
    run: 'mkdir ${{ outputs.tree }}; seq ${{ params.n }} > ${{ outputs.tree }}/rows; chmod +x ${{ outputs.tree }}/rows'
    outputs: {tree: {artifact: directory}}
  use:
    inputs: {tree: "${{ steps.make.outputs.tree }}"}
    run: 'cat ${{ inputs.tree }}/rows > ${{ outputs.rows }}; echo ${{ run.id }} >> ${{ outputs.rows }}'
    outputs: {rows: {artifact: file}}
profiles: {bucket: {artifacts: "s3://BUCKET"}}
"""


class Project:
    def __init__(self, folder: Path, s3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.place = folder, f"{BUCKET}/swept-{folder.name}"
        (folder / "pipeline.yaml").write_text(SPEC.replace("BUCKET", self.place), "utf-8")
        for name, value in s3.environ.items():
            monkeypatch.setenv(name, value)
        self._environ = {**os.environ, "PYTHONPATH": ":".join(str(ROOT / room) for room in ROOMS)}

    def told(self, *arguments: str) -> Any:
        command = [sys.executable, "-m", "pipeglot", *arguments, "--format", "json"]
        done = subprocess.run(command, cwd=self.folder, env=self._environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def run(self, n: int) -> Any:
        command = [sys.executable, "-m", "pipeglot", "run", "--profile", "bucket", "-p", f"n={n}"]
        subprocess.run(command, cwd=self.folder, env=self._environ, capture_output=True, check=True)
        return self.told("show")

    def objects(self) -> set[str]:
        boto3: Any = importlib.import_module("boto3")
        name, _, prefix = self.place.partition("/")
        listed: Any = boto3.client("s3").list_objects_v2(Bucket=name, Prefix=prefix + "/")
        return {str(each["Key"]).partition("/")[2] for each in listed.get("Contents", [])}

    def survey(self) -> frozenset[str]:
        from pipeglot_records.engines.sweeping import survey

        with open_store(str(self.folder / ".pipeglot/records.db"), {}) as store:
            return survey(store, self.folder / ".pipeglot", 1).stored


@pytest.fixture
def project(tmp_path: Path, s3: Server, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path, s3, monkeypatch)


def test_a_bucket_is_swept_of_what_nobody_needs(project: Project) -> None:
    for n in (1, 2, 2):
        project.run(n)
    before = project.objects()
    assert len(before) == 2 + 2 * 2 + 3 * 2, "entries, trees and rows, each of these with its manifest"
    told = project.told("gc", "--keep-last", "1", "--stores", "--apply")
    assert told["swept"] == {"artifacts": 0, "bytes": 0, "young": 2}, "they came just now"
    gone = project.survey()
    assert len(gone) == 3, "the tree of the first run too, which its kept work names"
    assert stored.sweep_stores(gone, apply=False, wait=0) == stored.SweptStore(2, 0, 2, 80, 0)
    assert project.objects() == before
    stored.sweep_stores(gone, apply=True, wait=0)
    assert len(project.objects()) == 2 + 2 * 2 + 1 * 2
    place = f"s3://{project.place}"
    with open_store(str(project.folder / ".pipeglot/records.db"), {}) as store:
        assert stored.sweep_kept_work(store, place, 1, apply=True, wait=0) == stored.SweptStore(kept=2)
        done = stored.sweep_kept_work(store, place, 0, apply=True, wait=0)
    assert (done.entries, done.artifacts) == (2, 0), "runs of this store have the trees"
    stored.sweep_stores(gone, apply=True, wait=0)
    assert len(project.objects()) == 1 * 2 + 1 * 2
    states = [step["state"] for step in project.run(1)["steps"]]
    assert states == ["succeeded", "succeeded"], "what is gone is made anew"


@pytest.mark.usefixtures("project")
def test_what_cannot_be_asked_is_told() -> None:
    with pytest.raises(stored.Unswept, match=r"PG360: .*no such bucket"):
        stored.sweep_stores({f"s3://nowhere/x/sha256/{'0' * 64}/raw"}, apply=True)
    assert stored.sweep_stores({"s3://argo/workflow/step/main.log"}, apply=True) == stored.SweptStore()
