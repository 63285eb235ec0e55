"""What only a cluster can tell: its secrets, its claims, the limits it keeps, and a pod that is gone."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.engines.airflow.driver import Driver, Outcome, Places
from tests.engines.airflow_kubernetes.cluster import CLAIM, KEY, SECRET, SETTINGS, TOKEN, Space
from tests.receiver import Receiver

from pipeglot.driver.loading import load
from pipeglot.ir import Pipeline

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\ndefaults: {image: 'python:3.11-slim'}\n"
LIMITED = (
    """
metadata: {name: limited}
steps:
  tell:
    workdir: /usr/lib
    resources: {cpu: 100m, memory: 96Mi, disk: 1Gi, shm: 8Mi}
    env: {TOKEN: {secret: SECRET, key: KEY}}
    kubernetes:
      node_selector: {kubernetes.io/os: linux}
      tolerations: [{key: batch, operator: Exists, effect: NoSchedule}]
      service_account: default
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]
      security_context: {runAsUser: 0, runAsGroup: 3000, allowPrivilegeEscalation: false}
      labels: {acme/team: churn}
      volumes:
        - {mount_path: /keys, read_only: true, secret: {secretName: SECRET}}
        - {mount_path: /data, sub_path: inside, persistentVolumeClaim: {claimName: CLAIM}}
    run: |
      cat /keys/* > "${{ outputs.file }}"
      touch /keys/new 2>/dev/null && echo true > "${{ outputs.writable }}" || echo false > "${{ outputs.writable }}"
      echo kept > /data/by-a-pod
      pwd > "${{ outputs.folder }}"
      id -g > "${{ outputs.group }}"
      sed -n 's/^NoNewPrivs:[[:space:]]*//p' /proc/self/status > "${{ outputs.kept_down }}"
      printf %s "$TOKEN" > "${{ outputs.token }}"
      df --output=size -k /dev/shm | tail -1 > "${{ outputs.shm }}"
      cd /sys/fs/cgroup
      cat memory.max memory/memory.limit_in_bytes > "${{ outputs.memory }}" 2>/dev/null || true
    outputs:
      folder: {type: string}
      token: {type: string}
      shm: {type: int}
      memory: {type: int}
      file: {type: string}
      writable: {type: bool}
      group: {type: int}
      kept_down: {type: int}
""".replace("SECRET", SECRET)
    .replace("KEY", KEY)
    .replace("CLAIM", CLAIM)
)
CLAIMED = """
metadata: {name: claimed}
steps:
  make: {run: [sh, -c, 'echo shared > "$1"', sh, "${{ outputs.data }}"], outputs: {data: {artifact: file}}}
  use:
    inputs: {data: "${{ steps.make.outputs.data }}"}
    run: [sh, -c, 'cat "$1" > "$2"', sh, "${{ inputs.data }}", "${{ outputs.text }}"]
    outputs: {text: {type: string}}
"""
LOST = """
metadata: {name: lost}
steps:
  s:
    retry: {limit: 1}
    run: [sh, -c, 'test "$1" = 2 || sleep 600', sh, "${{ run.attempt }}"]
"""

DEAF = """
metadata: {name: deaf}
steps:
  deaf-one: {run: [sh, -c, 'echo 1 > "$1"', sh, "${{ outputs.n }}"], outputs: {n: {type: int}}}
  deaf-two: {run: [sh, -c, 'exit 3'], needs: [deaf-one]}
  deaf-gap: {run: ["true"], inputs: {long: "LONG"}}
""".replace("LONG", random.Random(1).randbytes(6000).hex())


NOTIFIES = """
metadata: {name: notifies}
steps: {bad: {run: [sh, -c, "exit 3"]}}
notify:
  webhook: {secret: alerts, key: url}
  message: "${{ run.status }}: ${{ join(run.failed_steps, ', ') }}"
  format: slack
"""


JWT = "eyJhbGciOiJub25lIn0"
TELLING = f"""
metadata: {{name: telling}}
steps: {{s: {{run: [echo, token {JWT}]}}}}
"""

PYTHONLESS = """
metadata: {name: pythonless}
steps:
  fine: {image: IMAGE, run: [/bin/argoexec, version]}
  wrong: {image: IMAGE, run: [/bin/argoexec, nonsense]}
profiles: {p: {sidecar: {python: "python:3.11-slim"}}}
"""


def outputs(outcome: Outcome, step: str) -> dict[str, Any]:
    made = json.loads(outcome.normal)["steps"][step]["outputs"]
    return {name: each["value"] for name, each in made.items()}


def loaded(folder: Path, spec: str, profile: str | None = None) -> Pipeline:
    path = folder / "pipeline.yaml"
    path.write_text(HEAD + spec, "utf-8")
    return load(path, profile)


def test_it_keeps_to_what_a_step_asks_for(driver: Driver, space: Space, shared: Path, tmp_path: Path) -> None:
    (shared / "claimed" / "inside").mkdir(exist_ok=True)
    outcome = driver.run_loaded(loaded(tmp_path, LIMITED), places=Places(deliver=space.deliver), **SETTINGS)
    assert outputs(outcome, "tell") == {
        "folder": "/usr/lib",
        "token": TOKEN,
        "shm": 8192,
        "memory": 96 * 1024 * 1024,
        "file": TOKEN,
        "writable": False,
        "group": 3000,
        "kept_down": 1,
    }
    assert (shared / "claimed" / "inside" / "by-a-pod").read_text("utf-8") == "kept\n"


def test_it_keeps_artifacts_in_a_claim(driver: Driver, space: Space, shared: Path, tmp_path: Path) -> None:
    places = Places(Path("/srv/artifacts"), deliver=space.deliver)
    outcome = driver.run_loaded(loaded(tmp_path, CLAIMED), places=places, claim=CLAIM, **SETTINGS)
    assert outputs(outcome, "use") == {"text": "shared"}
    assert [path.read_text("utf-8") for path in (shared / "claimed").rglob("data")] == ["shared\n"]


def test_it_runs_images_without_python(driver: Driver, space: Space, tmp_path: Path) -> None:
    pipeline = loaded(tmp_path, PYTHONLESS.replace("IMAGE", f'"{space.bare_image}"'), "p")
    outcome = driver.run_loaded(pipeline, places=Places(deliver=space.deliver), **SETTINGS)
    told: dict[str, Any] = json.loads(outcome.normal)["steps"]
    assert {name: each["attempts"] for name, each in told.items()} == {
        "fine": [{"exit_code": 0}],
        "wrong": [{"exit_code": 64, "reason": "exit-code"}],
    }


def test_it_tells_a_webhook_how_the_run_ended(driver: Driver, space: Space, tmp_path: Path) -> None:
    with Receiver([200], address=space.address).serve() as receiver:
        space.secret("alerts", "url", receiver.url)
        outcome = driver.run_loaded(loaded(tmp_path, NOTIFIES), places=Places(deliver=space.deliver), **SETTINGS)
    assert [body for _, _, body in receiver.got] == [b'{"text": "failed: bad"}']
    told = json.loads(outcome.normal)
    assert (told["run"], told["on_exit"]["notify"]["outputs"]) == ("failed", {"delivered": {"value": True}})


def test_it_tries_again_after_a_pod_that_is_gone(driver: Driver, space: Space, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        place = Places(deliver=space.deliver)
        running = pool.submit(driver.run_loaded, loaded(tmp_path, LOST), places=place, **SETTINGS)
        until = time.monotonic() + 600
        while not (mine := [pod for pod in space.running() if pod.startswith("s-")]):
            assert time.monotonic() < until, "the pod never ran"
            assert not running.done(), running.result()
            time.sleep(0.5)
        space.delete(mine[0])
        outcome = running.result()
    told: dict[str, Any] = json.loads(outcome.normal)
    assert (told["run"], told["steps"]["s"]["state"], outcome.run) == ("succeeded", "succeeded", "succeeded")


def test_it_asks_again_for_a_record_that_did_not_come(driver: Driver, space: Space, tmp_path: Path) -> None:
    outcome = driver.run_loaded(loaded(tmp_path, DEAF), places=Places(deliver=space.deliver), **SETTINGS)
    told: dict[str, Any] = json.loads(outcome.normal)["steps"]
    assert {name: (each["state"], each["attempts"]) for name, each in told.items()} == {
        "deaf-one": ("succeeded", [{"exit_code": 0}]),
        "deaf-two": ("failed", [{"exit_code": 3, "reason": "exit-code"}]),
        "deaf-gap": ("succeeded", [{"exit_code": 0}]),
    }


def test_it_blots_out_what_looks_like_a_token(driver: Driver, space: Space, tmp_path: Path) -> None:
    """Why records have nothing in them that does: once Airflow leaves that alone, `blocks.TOKEN` can go."""
    outcome = driver.run_loaded(loaded(tmp_path, TELLING), places=Places(deliver=space.deliver), **SETTINGS)
    assert "token eyJ***" in outcome.said
    assert JWT not in outcome.said
    assert json.loads(outcome.normal)["steps"]["s"]["state"] == "succeeded"
