"""Work that one engine has done and no other does again: this machine, workers and pods of Airflow, pods of Argo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import rig
from tests.engines.airflow.driver import Driver, Places
from tests.engines.airflow_kubernetes.cluster import BUCKET, SETTINGS, Space
from tests.engines.argo import driver as argo

from pipeglot.driver.compiling import load
from pipeglot.driver.packaging import package

SPEC = f"""\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {{name: kept-work}}
params: {{count: {{type: int}}, last: {{type: int, default: 2}}}}
defaults:
  image: "python:3.11-slim"
  cache: {{enabled: true}}
  code: {{source: src}}
  kubernetes: {{env_from: [{{secretRef: {{name: {BUCKET}}}}}]}}
steps:
  make:
    run: [sh, make.sh, "${{{{ params.count }}}}", "${{{{ outputs.tree }}}}"]
    outputs: {{tree: {{artifact: directory}}}}
  each:
    foreach: {{items: [1, "${{{{ params.last }}}}"]}}
    inputs: {{tree: "${{{{ steps.make.outputs.tree }}}}"}}
    run: |
      head -${{{{ item }}}} "${{{{ inputs.tree }}}}/rows" > "${{{{ outputs.o }}}}"
      test -x "${{{{ inputs.tree }}}}/tool" -a -d "${{{{ inputs.tree }}}}/empty"
    outputs: {{o: {{artifact: file}}}}
  count:
    inputs: {{all: "${{{{ steps.each.outputs.o }}}}"}}
    shell: python
    run: |
      import pathlib
      rows = [row for each in ${{{{ inputs.all }}}} for row in pathlib.Path(each).read_text().splitlines()]
      pathlib.Path(${{{{ outputs.n }}}}).write_text(str(len(rows)))
    outputs: {{n: {{type: int}}}}
profiles:
  laptop: {{target: local, cache: &kept {{store: "s3://{rig.BUCKET}/kept", environment: the-same}}}}
  workers: {{name: kept-by-workers, target: airflow, cache: *kept}}
  pods:
    name: kept-by-pods
    target: airflow
    airflow: {{operator: kubernetes}}
    artifacts: "s3://{rig.BUCKET}/made"
    sidecar: &opens {{python: "{rig.SIDECAR}"}}
    cache: *kept
  argo: {{target: argo, artifacts: "s3://{rig.BUCKET}/handed", sidecar: *opens, cache: *kept}}
"""
SCRIPT = 'mkdir "$2" "$2/empty"; seq "$1" > "$2/rows"; printf "#!/bin/sh\\n" > "$2/tool"; chmod +x "$2/tool"\n'
ALL = {"make": "cached", "each": ["cached", "cached"], "count": "cached"}


def states(found: Any) -> dict[str, Any]:
    """Of a normal form: of the fan-out those of its items."""
    return {
        name: [item["state"] for item in step["items"]] if "items" in step else step["state"]
        for name, step in found["steps"].items()
    }


class Engines:
    """One project, run wherever there is an engine."""

    def __init__(self, folder: Path, driver: Driver, space: Space) -> None:
        self.folder, self.path = folder, folder / "pipeline.yaml"
        self.path.write_text(SPEC, "utf-8")
        (folder / "src").mkdir()
        (folder / "src" / "make.sh").write_text(SCRIPT, "utf-8")
        list(package(load(self.path, "pods")))
        self._driver, self._space = driver, space
        self._argo = argo.Driver(space.cluster, folder)
        space.cluster.client.apply(space.keys, space.cluster.namespace)

    def here(self, count: int, last: int = 2) -> Any:
        pipeglot = [sys.executable, "-m", "pipeglot"]
        run = [*pipeglot, "run", "--profile", "laptop", "-p", f"count={count}", "-p", f"last={last}"]
        environ = {**os.environ, **self._space.bucket}
        subprocess.run(run, cwd=self.folder, check=True, capture_output=True, env=environ)
        show = [*pipeglot, "show", "--format", "normal"]
        return json.loads(subprocess.run(show, cwd=self.folder, check=True, capture_output=True).stdout)

    def workers(self, count: int, last: int) -> Any:
        return self._told(self._driver.run(self.path, {"count": count, "last": last}, profile="workers"))

    def pods(self, count: int) -> Any:
        places = Places(deliver=self._space.deliver)
        return self._told(self._driver.run(self.path, {"count": count}, profile="pods", places=places, **SETTINGS))

    def argo(self, count: int) -> Any:
        outcome = self._argo.run(self.path, {"count": count}, profile="argo")
        assert outcome.state == "succeeded", outcome.tasks
        return json.loads(outcome.normal)

    def _told(self, outcome: Any) -> Any:
        found = json.loads(outcome.normal)
        assert outcome.run == found["run"] == "succeeded", outcome.said
        return found


@pytest.fixture
def engines(driver: Driver, space: Space, tmp_path: Path) -> Engines:
    return Engines(tmp_path, driver, space)


def test_what_one_has_done_the_others_take(engines: Engines) -> None:
    """Two that do the same at once both succeed; of a fan-out that item is done that is new."""
    first = engines.here(3)
    with ThreadPoolExecutor(4) as pool:
        partly = pool.submit(engines.workers, 3, last=3)
        taking = [pool.submit(run, 3) for run in (engines.pods, engines.argo)]
        racing = [pool.submit(run, 2) for run in (engines.pods, engines.argo)]
    for taken in [each.result() for each in taking]:
        assert states(taken) == ALL
        assert taken["lineage"] == first["lineage"]
        assert [taken["steps"][name]["outputs"] for name in ALL] == [first["steps"][name]["outputs"] for name in ALL]
    done = partly.result()
    assert states(done) == {"make": "cached", "each": ["cached", "succeeded"], "count": "succeeded"}
    assert states(engines.here(3, last=3)) == ALL
    made = [each.result() for each in racing]
    back = engines.here(2)
    assert states(back) == ALL
    for name in ALL:
        assert made[0]["steps"][name]["outputs"] == made[1]["steps"][name]["outputs"] == back["steps"][name]["outputs"]
    tool = next(engines.folder.glob(".pipeglot/runs/*/artifacts/*/make/*/tree/tool"))
    assert os.access(tool, os.X_OK)
    assert (tool.parent / "empty").is_dir()
