"""Reads every DAG file of a folder with Airflow's own `DagBag`, in one process, and prints what it holds as JSON.

Runs in Airflow's environment, with an Airflow home of its own: `python reading.py FOLDER`.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def main(folder: str) -> int:
    try:
        home = importlib.import_module("airflow.dag_processing.dagbag")
    except ModuleNotFoundError:  # before 3.2
        home = importlib.import_module("airflow.models.dagbag")
    from airflow.utils.file import list_py_file_paths  # type: ignore[import-not-found]  # only in Airflow's environment

    found: dict[str, Any] = {}
    for path in sorted(Path(folder).glob("*/*.py")):
        bag = home.DagBag(dag_folder=str(path), safe_mode=True)
        found[path.parent.name] = {
            "looked at": sorted(Path(each).name for each in list_py_file_paths(str(path.parent), safe_mode=False)),
            "errors": [text.strip().splitlines()[-1] for text in bag.import_errors.values()],
            "dags": {dag.dag_id: read(dag) for dag in bag.dags.values()},
        }
    json.dump(found, sys.stdout)
    return 0


def read(dag: Any) -> dict[str, Any]:
    return {
        "params": {name: param.schema for name, param in dag.params.items()},
        "tasks": {task.task_id: of(task) for task in dag.tasks},
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
