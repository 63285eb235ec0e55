"""Runs definitions by kfp.local, with Docker, each in a child: Kubeflow's SDK takes longer to import than most to run.

Runs in the environment of `tests/engines/kubeflow/requirements.txt`, with `DOCKER_HOST` set: `python playing.py`. Each
line of standard input is a folder with `definition.yaml` and `params.json`; `log`, what kfp.local leaves in `root`,
and at last `ended.json` are written there.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
import uuid
import warnings
from pathlib import Path
from typing import Any

import docker
from docker.models import containers
from kfp import components, local
from kfp.local import executor_input_utils, graph_utils


class Kept(containers.Container):  # type: ignore[misc]
    """kfp.local asks for the exit code of what Docker may have removed by then, and takes silence for success."""

    def wait(self, **given: Any) -> Any:
        ended = super().wait(**given)
        self.remove()
        return ended


class Keeping(containers.ContainerCollection):  # type: ignore[misc]
    model = Kept

    def run(self, *given: Any, **named: Any) -> Any:
        return super().run(*given, **{**named, "auto_remove": False})


def give_each_task_a_place() -> None:
    """kfp.local names the folder of a task by its component: two of one component overwrite each other's artifacts."""
    shared = executor_input_utils.construct_local_task_root
    executor_input_utils.construct_local_task_root = lambda **named: f"{shared(**named)}-{uuid.uuid4()}"


def keep_one_order() -> None:
    """kfp.local starts tasks in the order of a protobuf map, which differs from process to process."""
    sort = graph_utils.topological_sort
    graph_utils.topological_sort = lambda needs: sort(dict(sorted(needs.items())))


def main() -> int:
    docker.DockerClient.containers = property(lambda client: Keeping(client=client))
    give_each_task_a_place()
    keep_one_order()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    for line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            play(Path(line.strip()))
    return 0


def play(folder: Path) -> None:
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    ended = folder / "ended.json"
    try:
        ended.with_suffix(".part").write_text(json.dumps(played(folder)), "utf-8")
        ended.with_suffix(".part").rename(ended)
    finally:
        sys.stdout.flush()
        os._exit(0)


def played(folder: Path) -> dict[str, str]:
    warnings.simplefilter("ignore")
    runner = local.DockerRunner(network_mode="none")
    local.init(runner=runner, pipeline_root=str(folder / "root"), workspace_root=str(folder / "workspace"))
    try:
        pipeline = components.load_component_from_file(str(folder / "definition.yaml"))
        pipeline(**json.loads((folder / "params.json").read_text("utf-8")))
    except RuntimeError as fault:
        return {"state": "failed", "why": str(fault)}
    except Exception:
        return {"state": "broken", "why": traceback.format_exc()}
    return {"state": "succeeded", "why": ""}


if __name__ == "__main__":
    raise SystemExit(main())
