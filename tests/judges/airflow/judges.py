"""Airflow's own judges, and ours that reads back what they read: import, shape, and ruff's rules for Airflow."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim
from tests.judges.airflow.containers import containers

from pipeglot.ir import Pipeline, RetryOn, RunIf, Schedule, Step
from pipeglot_backends import airflow
from pipeglot_backends.airflow.names import gate_task, has_list_task, list_task, verdict_task
from pipeglot_backends.protocol import EmittedFile, Options

READING = Path(__file__).with_name("reading.py")
SIDECAR = "print('a sidecar')\n"
NEWEST = airflow.VERSIONS[-1]
CLUSTER: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "none",
    "contexts": [{"name": "none", "context": {"cluster": "none", "user": "none"}}],
    "clusters": [{"name": "none", "cluster": {"server": "http://127.0.0.1:9"}}],
    "users": [{"name": "none", "user": {}}],
}
"""A cluster that nobody asks: Airflow wants to know of one before it says what a pod will be."""


def emitted(pipeline: Pipeline, version: str = airflow.VERSIONS[-1]) -> tuple[EmittedFile, ...]:
    options = Options(
        version, SIDECAR, "{}", "{}", "sha256:0", pipeline.artifacts, pipeline.settings.get("airflow", {})
    )
    return airflow.emit(pipeline, options)


def write(folder: Path, files: tuple[EmittedFile, ...]) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


def dag_bags(python: Path, folder: Path) -> Mapping[str, Any]:
    """What `DagBag` makes of the DAG file in each folder of `folder`."""
    with tempfile.TemporaryDirectory() as home:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        environment |= {"AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        # To import the operator for pods takes long on a busy machine, and no judge may give up over that.
        environment |= {"AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "600"}
        environment |= {"KUBECONFIG": f"{home}/cluster", "AIRFLOW_CONN_KUBERNETES_DEFAULT": "kubernetes://"}
        Path(home, "cluster").write_text(json.dumps(CLUSTER), encoding="utf-8")
        command = [str(python), str(READING), str(folder)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    read: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return read


def imports(pipeline: Pipeline, read: Mapping[str, Any]) -> list[str]:
    """What Airflow says against a file, and whether it holds the one DAG that is wanted."""
    faults = list(read["errors"])
    if read["looked at"] != [f"{pipeline.name}.py"]:
        faults.append(f"Airflow looks for DAGs in {read['looked at']}")
    if list(read["dags"]) != [pipeline.name]:
        faults.append(f"the DAGs are {list(read['dags'])}")
    return faults + [fault for dag in read["dags"].values() for fault in dag["unserialized"]]


def shape(pipeline: Pipeline, read: Mapping[str, Any], version: str = NEWEST) -> list[str]:
    """How the tasks and edges that Airflow read differ from the pipeline's steps and needs."""
    if list(read["dags"]) != [pipeline.name]:
        return ["there is no such DAG"]
    tasks: Mapping[str, Any] = read["dags"][pipeline.name]["tasks"]
    wanted = _wanted(pipeline, version)
    faults = [f"task {name} is missing" for name in wanted if name not in tasks]
    faults += [f"task {name} is one too many" for name in tasks if name not in wanted]
    for name, task in wanted.items():
        found = tasks.get(name, task)
        faults += [f"{name}: {key} is {found[key]}, not {value}" for key, value in task.items() if found[key] != value]
    return faults


def schedules(pipeline: Pipeline, read: Mapping[str, Any]) -> list[str]:
    """How the times at which Airflow would start runs differ from those that another reader of cron finds."""
    dag = read["dags"].get(pipeline.name)
    if dag is None:
        return []
    schedule = pipeline.schedule
    wanted = {
        "due": _due(schedule) if schedule else [],
        "most runs": schedule.max_active if schedule and schedule.max_active else 16,
        "catches up": bool(schedule and schedule.catchup),
    }
    return [
        f"{name} is {str(dag[name])[:200]}, not {str(each)[:200]}" for name, each in wanted.items() if dag[name] != each
    ]


def _due(schedule: Schedule) -> list[str]:
    start = datetime.fromisoformat(schedule.start or "2026-11-01T00:00:00+00:00")
    times = CronSim(schedule.cron, (start - timedelta(minutes=1)).astimezone(ZoneInfo(schedule.timezone)))
    found = [each.astimezone(timezone.utc).isoformat() for each in itertools.islice(times, 40)]
    return [each for each in found if not schedule.end or each <= schedule.end]


def rules(folder: Path) -> dict[str, list[str]]:
    """What ruff's rules for Airflow, and its syntax check, find in each folder of `folder`."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "AIR,F,E9", "--output-format", "json"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {path.name: [] for path in folder.iterdir()}
    for fault in json.loads(done.stdout):
        inside = Path(fault["filename"]).resolve().relative_to(folder.resolve())
        found[inside.parts[0]].append(f"{fault['code']}: {fault['message']}")
    return found


def verdicts(
    pipelines: tuple[Pipeline, ...], folder: Path, read: Mapping[str, Any], version: str = NEWEST
) -> dict[str, list[str]]:
    """All that any judge says against each pipeline's file."""
    ruff = rules(folder)
    return {
        each.name: [
            *imports(each, read[each.name]),
            *shape(each, read[each.name], version),
            *containers(each, read[each.name]),
            *schedules(each, read[each.name]),
            *ruff[each.name],
        ]
        for each in pipelines
    }


def _wanted(pipeline: Pipeline, version: str) -> dict[str, dict[str, Any]]:
    wanted: dict[str, dict[str, Any]] = {}
    waited = {need for step in pipeline.steps for need in step.needs}
    leaves = [step.id for step in pipeline.steps if step.id not in waited]
    in_pods = pipeline.settings.get("airflow", {}).get("operator") == "kubernetes"
    for step in pipeline.steps:
        wanted |= _tasks(step, list(step.needs), _retries(step, version, in_pods)) | _gates(step)
    for step in pipeline.on_exit:
        wanted |= _tasks(step, list(step.needs) or leaves, _retries(step, version, in_pods))
    wanted[verdict_task(pipeline)] = {
        "upstream": sorted(step.id for step in pipeline.on_exit) or sorted(leaves),
        "mapped": False,
        "teardown": True,
        "decides": True,
        "trigger_rule": "all_done_setup_success",
        "retries": 0,
    }
    return wanted


def _gates(step: Step) -> dict[str, dict[str, Any]]:
    """The task that waits for what may fail, before a step that others of its needs hold back."""
    gate = gate_task(step)
    if gate is None:
        return {}
    plain = {"mapped": False, "teardown": False, "decides": False, "trigger_rule": "all_done", "retries": 0}
    return {gate: {"upstream": sorted(set(step.needs) - set(step.holding)), **plain}}


def _retries(step: Step, version: str, in_pods: bool) -> int:
    """Where the sidecar tries again, the engine does so for what was lost alone."""
    if step.retry is None:
        return 0
    by_the_sidecar = in_pods or (version == "3.1" and step.retry.backoff not in (1, 2))
    return 0 if by_the_sidecar and RetryOn.LOST not in step.retry.on else step.retry.limit


def _tasks(step: Step, after: list[str], retries: int) -> dict[str, dict[str, Any]]:
    gate = gate_task(step)
    if gate is not None:
        after = [gate, *step.holding]
    rule = "none_failed" if step.run_if is RunIf.SUCCESS or step.holding else "all_done"
    task = {
        "upstream": sorted(after),
        "mapped": step.fan_out is not None,
        "teardown": step.on_exit,
        "decides": False,
        "trigger_rule": "all_done_setup_success" if step.on_exit else rule,
        "retries": retries,
    }
    if not has_list_task(step):
        return {step.id: task}
    listing = {**task, "mapped": False}
    mapped_rule = "all_done_setup_success" if step.on_exit else "none_failed"
    return {
        list_task(step): listing,
        step.id: {**task, "upstream": [list_task(step)], "trigger_rule": mapped_rule},
    }
