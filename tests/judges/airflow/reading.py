"""Reads every DAG file of a folder with Airflow's own `DagBag`, in one process, and prints what it holds as JSON.

Runs in Airflow's environment, with an Airflow home of its own: `python reading.py FOLDER`.
"""

from __future__ import annotations

import functools
import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def main(folder: str) -> int:
    try:
        home = importlib.import_module("airflow.dag_processing.dagbag")
    except ModuleNotFoundError:  # before 3.2
        home = importlib.import_module("airflow.models.dagbag")
    listed: Any = importlib.import_module("airflow.utils.file").list_py_file_paths

    read_once()
    found: dict[str, Any] = {}
    for path in sorted(Path(folder).glob("*/*.py")):
        bag = home.DagBag(dag_folder=str(path), safe_mode=True)
        found[path.parent.name] = {
            "looked at": sorted(Path(each).name for each in listed(str(path.parent), safe_mode=False)),
            "errors": [text.strip().splitlines()[-1] for text in bag.import_errors.values()],
            "config maps": [config_map(each) for each in sorted(path.parent.glob("*.yaml"))],
            "dags": {dag.dag_id: read(dag) for dag in bag.dags.values()},
        }
    json.dump(found, sys.stdout)
    return 0


def read_once() -> None:
    """What is the same for every pod of every file, and was made anew for each part of each of them."""
    kubernetes: Any = importlib.import_module("kubernetes.client")
    settings = kubernetes.Configuration()
    kubernetes.Configuration.get_default_copy = lambda: settings
    judging: Any = importlib.import_module("kubernetes_validate.utils")
    judging.schema_contents = functools.cache(judging.schema_contents)


def config_map(path: Path) -> dict[str, Any]:
    import yaml

    found = yaml.safe_load(path.read_text("utf-8"))
    return {"name": found["metadata"]["name"], "faults": against_schema(found), "keys": sorted(found["data"])}


def read(dag: Any) -> dict[str, Any]:
    return {
        "params": {name: param.schema for name, param in dag.params.items()},
        "tasks": {task.task_id: of(task) for task in dag.tasks},
        "pods": {task.task_id: pod(task) for task in dag.tasks if is_a(task, "KubernetesPodOperator")},
        "containers": {task.task_id: container(task) for task in dag.tasks if is_a(task, "DockerOperator")},
        **as_stored(dag),
        "most runs": dag.max_active_runs,
        "catches up": dag.catchup,
    }


def due(dag: Any, timetable: Any) -> list[str]:
    """When Airflow would start the first runs by itself, if it made up for all that were missed since the start."""
    bases: Any = importlib.import_module("airflow.timetables.base")
    pendulum: Any = importlib.import_module("pendulum")
    earliest = pendulum.instance(dag.start_date) if dag.start_date else pendulum.datetime(2026, 11, 1)
    latest = pendulum.instance(dag.end_date) if dag.end_date else None
    limits = bases.TimeRestriction(earliest=earliest, latest=latest, catchup=True)
    found: list[str] = []
    last = None
    while len(found) < DUE:
        run = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=limits)
        if run is None:
            break
        found.append(run.logical_date.in_timezone("UTC").isoformat())
        last = run.data_interval
    return found


def is_a(task: Any, name: str) -> bool:
    operator: Any = task.operator_class if task.is_mapped else task.__class__
    return any(base.__name__ == name for base in operator.__mro__)


def single(task: Any) -> Any:
    """The task, or the first of those that it is mapped to."""
    return task.unmap({**task.partial_kwargs, "index": 0}) if task.is_mapped else task


def container(task: Any) -> dict[str, Any]:
    """What the task asks Docker for."""
    made = single(task)
    return {
        "image": made.image,
        "entrypoint": made.entrypoint,
        "command": made.command,
        "workdir": made.working_dir,
        "cpu": made.cpus,
        "memory": made.mem_limit,
        "shm": made.shm_size,
        "gpus": sum(request["Count"] for request in made.device_requests or ()),
        "secrets": list(getattr(made, "secrets", ())),
    }


def pod(task: Any) -> dict[str, Any]:
    """The pod that the task asks Kubernetes for, and what its schema has against it."""
    kubernetes: Any = importlib.import_module("kubernetes.client")
    made = single(task)
    try:
        made.env_vars = made.variables(CONTEXT)
        found = kubernetes.ApiClient().sanitize_for_serialization(made.build_pod_request_obj())
    except Exception as fault:
        return {"pod": {}, "faults": [f"{type(fault).__name__}: {fault}"]}
    return {"pod": found, "faults": against_schema(found)}


def against_schema(manifest: Any) -> list[str]:
    """What Kubernetes' own schema, with nothing unknown allowed, has against it."""
    judge: Any = importlib.import_module("kubernetes_validate")
    try:
        judge.validate(manifest, judge.latest_version(), strict=True)
    except judge.ValidationError as fault:
        return [f"{'/'.join(map(str, fault.path))}: {fault.message}"[:300]]
    return []


def stored(dag: Any) -> Any:
    """The DAG as the scheduler has it."""
    objects = importlib.import_module("airflow.serialization.serialized_objects")
    serialization = getattr(objects, "DagSerialization", None) or objects.SerializedDAG
    return serialization.from_dict(json.loads(json.dumps(serialization.to_dict(dag))))


DUE = 40
"""As many runs are asked for."""


class Anything(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"$(HOME) of {key}"


TRY = SimpleNamespace(try_number=2, run_id="manual__$(x)", dag_id="d", task_id="t", map_index=-1)
BEGAN = SimpleNamespace(timestamp=lambda: 1.5)
RUN = SimpleNamespace(run_id=TRY.run_id, run_type="manual", logical_date=None, start_date=BEGAN)
CONTEXT = {"ti": TRY, "dag_run": RUN, "run_id": TRY.run_id, "dag": SimpleNamespace(), "params": Anything()}


def as_stored(dag: Any) -> dict[str, Any]:
    """What keeps the scheduler, which reads no file itself, from knowing the DAG, and when it would start runs."""
    try:
        kept = stored(dag)
    except Exception as fault:
        return {"unserialized": [f"{type(fault).__name__}: {fault}"], "due": []}
    differ = set(kept.task_ids) != set(dag.task_ids)
    return {
        "unserialized": ["the tasks differ once they were stored"] if differ else [],
        "due": due(dag, kept.timetable),
    }


def of(task: Any) -> dict[str, Any]:
    return {
        "upstream": sorted(task.upstream_task_ids),
        "mapped": bool(task.is_mapped),
        "teardown": bool(task.is_teardown),
        "decides": bool(task.on_failure_fail_dagrun),
        "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "retries": task.retries,
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
