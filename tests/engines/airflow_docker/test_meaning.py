"""What only a container can tell: the limits it keeps, its folder, a worker's secret, and the image's own start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.engines.airflow.driver import Driver, Outcome
from tests.engines.airflow_docker.conftest import TOKEN
from tests.engines.airflow_docker.dockerd import Dockerd

from pipeglot.driver.loading import load
from pipeglot.ir import Pipeline

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: limited}
steps:
  tell:
    image: starts-something:1
    workdir: /usr/lib
    resources: {cpu: 500m, memory: 96Mi, shm: 8Mi}
    env: {TOKEN: {secret: store, key: to.ken}, SITE: {config_map: site, key: name}}
    run: |
      pwd > "${{ outputs.folder }}"
      printf %s "$TOKEN" > "${{ outputs.token }}"
      printf %s "$SITE" > "${{ outputs.site }}"
      df --output=size -k /dev/shm | tail -1 > "${{ outputs.shm }}"
      cd /sys/fs/cgroup
      cat memory.max memory/memory.limit_in_bytes > "${{ outputs.memory }}" 2>/dev/null || true
    outputs:
      folder: {type: string}
      token: {type: string}
      site: {type: string}
      shm: {type: int}
      memory: {type: int}
"""

PYTHONLESS = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: pythonless}
defaults: {image: "bare:1"}
steps:
  list:
    run: [sh, -c, 'command -v python3 && exit 9; echo "[3, 0]" > "$1"', sh, "${{ outputs.codes }}"]
    resources: {memory: 64Mi}
    workdir: /usr/lib
    outputs: {codes: {type: list, items: int}}
  each:
    foreach: {items: "${{ steps.list.outputs.codes }}"}
    run: [sh, -c, 'exit "$1"', sh, "${{ item }}"]
notify: {webhook: {secret: alerts, key: url}, message: "${{ run.status }}"}
profiles: {p: {sidecar: {python: "python:3.11-slim"}}}
"""
"""And of a notification out of a container that has no network."""


def outputs(outcome: Outcome, step: str) -> dict[str, Any]:
    made = json.loads(outcome.normal)["steps"][step]["outputs"]
    return {name: each["value"] for name, each in made.items()}


def with_secret(folder: Path) -> Pipeline:
    path = folder / "pipeline.yaml"
    path.write_text(SPEC, "utf-8")
    return load(path)


def test_it_keeps_to_what_a_step_asks_for(driver: Driver, dockerd: Dockerd, tmp_path: Path) -> None:
    dockerd.image("starts-something:1", entrypoint='["false"]')
    outcome = driver.run_loaded(with_secret(tmp_path), operator="docker", docker_url=dockerd.url)
    assert outputs(outcome, "tell") == {
        "folder": "/usr/lib",
        "token": TOKEN,
        "site": "a worker's",
        "shm": 8192,
        "memory": 96 * 1024 * 1024,
    }


def test_it_brings_python_to_images_without_one(driver: Driver, dockerd: Dockerd, tmp_path: Path) -> None:
    dockerd.bare_image("bare:1")
    path = tmp_path / "pipeline.yaml"
    path.write_text(PYTHONLESS, "utf-8")
    outcome = driver.run_loaded(load(path, "p"), operator="docker", docker_url=dockerd.url)
    told: dict[str, Any] = json.loads(outcome.normal)
    assert outputs(outcome, "list") == {"codes": [3, 0]}, outcome.said
    items = told["steps"]["each"]["items"]
    assert [each["attempts"] for each in items] == [[{"exit_code": 3, "reason": "exit-code"}], [{"exit_code": 0}]]
    assert told["on_exit"]["notify"]["outputs"] == {"delivered": {"value": False}}
    assert (told["run"], outcome.run) == ("failed", "failed")
    assert dockerd.left() == []
