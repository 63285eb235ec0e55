"""Artifacts of pods in a bucket: no folder is shared, and the image holds no more than Python and obstore."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.engines import environment
from tests.engines.airflow.driver import Driver, Places
from tests.engines.airflow_kubernetes.cluster import SETTINGS, Space

from pipeglot.driver.loading import load

CONFIG = "bucket"
SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: stored}
defaults:
  image: "python:3.11-slim"
  kubernetes:
    env_from: [{configMapRef: {name: CONFIG}}]
    volumes: [{mount_path: /usr/lib/python3/dist-packages/obstore, read_only: true, hostPath: {path: OBSTORE}}]
steps:
  make:
    run: [sh, -c, 'mkdir "$1"; echo kept > "$1/a"; chmod 755 "$1/a"; mkdir "$1/empty"', sh, "${{ outputs.tree }}"]
    outputs: {tree: {artifact: directory}}
  use:
    inputs: {tree: "${{ steps.make.outputs.tree }}"}
    run: |
      test -x "${{ inputs.tree }}/a" && test -d "${{ inputs.tree }}/empty"
      cat "${{ inputs.tree }}/a" > "${{ outputs.text }}"
    outputs: {text: {type: string}}
""".replace("CONFIG", CONFIG)


def obstore() -> Path:
    """As an image of its own would hold it; Debian's Python looks where it is mounted."""
    (found,) = environment.interpreter("stores").parents[1].glob("lib/python3.*/site-packages/obstore")
    return found


def test_s3_hands_artifacts_from_pod_to_pod(driver: Driver, space: Space, tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(SPEC.replace("OBSTORE", str(obstore())), "utf-8")
    places = Places(f"s3://{space.bucket(CONFIG)}/stored", deliver=space.deliver)
    outcome = driver.run_loaded(load(tmp_path / "pipeline.yaml"), places=places, **SETTINGS)
    told: dict[str, Any] = json.loads(outcome.normal)["steps"]
    assert told["use"]["outputs"] == {"text": {"value": "kept"}}, outcome.said
