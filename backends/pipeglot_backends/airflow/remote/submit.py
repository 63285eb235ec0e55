"""Runs on a real Airflow: started under an id of ours, followed, cancelled, collected."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json, Pipeline
from pipeglot_backends.airflow.emit.environment import home
from pipeglot_backends.airflow.names import VERDICTS
from pipeglot_backends.airflow.remote import messages
from pipeglot_backends.airflow.remote.claims import claim
from pipeglot_backends.airflow.remote.connection import Connection, connect
from pipeglot_backends.airflow.remote.deploy import deliver
from pipeglot_backends.airflow.remote.logs import fetched
from pipeglot_backends.airflow.remote.task_instances import listed
from pipeglot_backends.airflow.settings import local_path, read
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Collected, Handle, Progress, RunState, Said
from pipeglot_backends.remote.responses import Conflict, NotFound
from pipeglot_backends.remote.sdk import rejected

if TYPE_CHECKING:
    from airflow_client.client.models.dag_run_response import DAGRunResponse

PREFIX = "pipeglot__"
CANCELLED = "pipeglot: cancelled"
CANCELLED_KEY = "pipeglot-cancelled"
STATES = {
    "queued": RunState.WAITING,
    "running": RunState.RUNNING,
    "success": RunState.SUCCEEDED,
    "failed": RunState.FAILED,
}
CONFIG_MAPS = ("configmap.yaml", "sidecar.yaml", "code.yaml")
WRITTEN_WITHIN = 15.0
"""Seconds that the sidecar of a step that was stopped may still write after Airflow said that the run is over."""


def submit(
    pipeline: Pipeline,
    files: Sequence[EmittedFile],
    run: uuid.UUID,
    params: Mapping[str, Json],
    access: Access,
) -> Handle:
    """Delivers the DAG and starts the run; does nothing twice for the same `run`. Takes all files of `compile`."""
    folder = read(access.settings).dag_folder
    connection = connect(access)
    native = native_of(connection, pipeline, f"{PREFIX}{run}", access)
    if known := _already(connection, pipeline, Handle(run, native)):
        return known
    if folder:
        claim(Path(folder).expanduser() / home(pipeline), pipeline.name, access)
        of_the_dag = (f"{pipeline.name}.py", f"{home(pipeline)}/")
        own = [file for file in files if file.path.startswith(of_the_dag)]
        deliver(connection, pipeline.name, own, Path(folder).expanduser(), access)
        maps = [f"`{file.path}`" for file in files if file.path in CONFIG_MAPS]
        if maps:
            access.say(f"pods wait for the ConfigMaps of {' and '.join(maps)}: `kubectl apply -f` them once")
    elif not _exists(connection, pipeline.name):
        hint = f"set `airflow: {{dag_folder: …}}` in the profile, or bring `{pipeline.name}.py` there yourself"
        raise rejected("PG522", f"Airflow has no DAG `{pipeline.name}`, and no DAG folder is named", hint)
    _unpause(connection, pipeline.name)
    if _trigger(connection, pipeline.name, f"{PREFIX}{run}", params):
        return _already(connection, pipeline, Handle(run, native)) or Handle(run, native, known=True)
    return Handle(run, native)


def _already(connection: Connection, pipeline: Pipeline, handle: Handle) -> Handle | None:
    """A run of that id that is there; of what it runs Airflow does not tell."""
    found = found_run(connection, handle)
    if found is None:
        return None
    given = found.conf or {}
    return handle.already({param.name: given[param.name] for param in pipeline.params if param.name in given})


def native_of(connection: Connection, pipeline: Pipeline, run: str, access: Access) -> dict[str, str]:
    """What it takes to find that run of Airflow's again, and its records."""
    native = {"dag": pipeline.name, "run": run, "url": connection.url}
    if not in_logs(pipeline, access):
        native["records"] = str(records(pipeline, access).absolute())
    return native


def collectable(pipeline: Pipeline, access: Access) -> None:
    """Raises `SpecRejected` where it is known before the start that the record could not be read afterwards."""
    place = records(pipeline, access).absolute()
    if in_logs(pipeline, access) or any(folder.is_dir() for folder in (place, place.parent, place.parent.parent)):
        return
    hint = "name a folder that the workers share: `records: {sink: file:///…}`"
    raise rejected("PG526", f"the steps will write their records to `{place}`, and it is not to be seen here", hint)


def status(handle: Handle, access: Access) -> Progress:
    connection = connect(access)
    found = found_run(connection, handle)
    if found is None:
        return Progress(RunState.GONE)
    tasks = [task for task in listed(connection, handle.native["dag"], handle.native["run"]) if task.state is not None]
    tasks.sort(key=lambda task: (task.start_date is None, task.start_date))
    words = tuple(
        (task.task_id if task.map_index < 0 else f"{task.task_id}[{task.map_index}]", task.state.value)
        for task in tasks
        if task.state is not None
    )
    return Progress(state_of(found), words, messages.of_run(found), messages.of_tasks(tasks), found.conf or {})


def cancel(handle: Handle, access: Access) -> None:
    """Stops what runs and keeps what waits from starting; steps of `on_exit` run. Over already: does nothing."""
    connection = connect(access)
    from airflow_client.client import DagRunApi, DAGRunPatchBody
    from airflow_client.client.models.dag_run_mutable_states import DagRunMutableStates

    found = found_run(connection, handle)
    if found is None:
        raise rejected("PG522", f"Airflow has no run `{handle.native['run']}` of `{handle.native['dag']}` any more")
    if state_of(found).over:
        return
    dag, run = handle.native["dag"], handle.native["run"]
    # Word first, so that a step of `on_exit` that starts at once can read that someone stopped the run.
    _leave_word(connection, dag, run)
    for body in (DAGRunPatchBody(note=CANCELLED), DAGRunPatchBody(state=DagRunMutableStates.FAILED)):
        with connection.asking("cancel a run"):
            DagRunApi(connection.client).patch_dag_run(dag, run, body)


def _leave_word(connection: Connection, dag: str, run: str) -> None:
    """At the last task, where steps of `on_exit` look: Airflow shows a run's note to people, and not to tasks."""
    from airflow_client.client import XComApi, XComCreateBody

    body = XComCreateBody(key=CANCELLED_KEY, value=True)
    for task in VERDICTS:
        try:
            with connection.asking("cancel a run"):
                XComApi(connection.client).create_xcom_entry(dag, task, run, body)
        except Conflict:
            pass
        except SpecRejected:
            continue  # stopping the run is what matters: without the word `on_exit` takes it for failed
        return


def collect(handle: Handle, access: Access) -> Collected:
    """The event logs where the sidecars wrote them, and Airflow's own word on the run."""
    connection = connect(access)
    found = found_run(connection, handle)
    state = RunState.GONE if found is None else state_of(found)
    if "records" not in handle.native:
        brought = access.folder / str(handle.run)
        ran = () if found is None else fetched(connection, handle.native["dag"], handle.native["run"], brought)
        return _collected(connection, handle, found, ran)
    place = Path(handle.native["records"])
    if state is RunState.SUCCEEDED and not place.is_dir():
        hint = "name a folder that the workers share: `records: {sink: file:///…}`"
        raise rejected("PG526", f"the steps wrote their records to `{place}`, and it is not to be seen here", hint)
    folder = place / str(handle.run)
    if state.over:
        _settle(folder)
    logs = tuple(sorted(folder.glob("*.jsonl"))) if folder.is_dir() else ()
    return _collected(connection, handle, found, logs)


def _collected(
    connection: Connection, handle: Handle, found: DAGRunResponse | None, logs: tuple[Path, ...]
) -> Collected:
    if found is None:
        return Collected(logs, RunState.GONE)
    state = state_of(found)
    said: tuple[Said, ...] = ()
    if state in (RunState.FAILED, RunState.CANCELLED):
        said = tuple(
            messages.of_steps(connection, listed(connection, handle.native["dag"], handle.native["run"]), logs)
        )
    return Collected(logs, state, None, found.end_date, messages.of_run(found), said, found.conf or {})


def records(pipeline: Pipeline, access: Access) -> Path:
    """The folder that the DAG file names for the record; relative ones lie beside the DAG file."""
    dags = Path(read(access.settings).dag_folder or ".").expanduser()
    sink = pipeline.records.sink and local_path(pipeline.records.sink)
    return dags / sink if sink else dags / home(pipeline) / "records"


def in_logs(pipeline: Pipeline, access: Access) -> bool:
    """Whether the record of a step is in the log of its task: pods have no folder of their own that would stay."""
    return read(access.settings).operator == "kubernetes" and not pipeline.records.sink


def _settle(folder: Path) -> None:
    """Waits until no log grows any more: a sidecar that is told to stop still has its last lines to write."""
    until = time.monotonic() + WRITTEN_WITHIN
    while time.monotonic() < until and any(not _ended(log) for log in folder.glob("*.jsonl")):
        time.sleep(0.2)


def _ended(log: Path) -> bool:
    text = log.read_text(encoding="utf-8")
    return '"event":"start"' not in text or '"event":"end"' in text


def _exists(connection: Connection, dag: str) -> bool:
    from airflow_client.client import DAGApi

    with contextlib.suppress(NotFound), connection.asking(f"look for the DAG `{dag}`"):
        DAGApi(connection.client).get_dag(dag)
        return True
    return False


def _unpause(connection: Connection, dag: str) -> None:
    from airflow_client.client import DAGApi, DAGPatchBody

    with connection.asking(f"unpause the DAG `{dag}`"):
        DAGApi(connection.client).patch_dag(dag, DAGPatchBody(is_paused=False), update_mask=["is_paused"])


def _trigger(connection: Connection, dag: str, run: str, params: Mapping[str, Json]) -> bool:
    """True where the run was there already."""
    from airflow_client.client import DagRunApi, TriggerDAGRunPostBody

    body = TriggerDAGRunPostBody(dag_run_id=run, logical_date=None, conf=dict(params))
    try:
        with connection.asking(f"start a run of `{dag}`"):
            DagRunApi(connection.client).trigger_dag_run(dag, body)
    except Conflict:
        return True
    except NotFound:
        raise rejected("PG522", f"Airflow has no DAG `{dag}` any more") from None
    return False


def found_run(connection: Connection, handle: Handle) -> DAGRunResponse | None:
    from airflow_client.client import DagRunApi

    try:
        with connection.asking("look for a run"):
            return DagRunApi(connection.client).get_dag_run(handle.native["dag"], handle.native["run"])
    except NotFound:
        return None


def state_of(found: DAGRunResponse) -> RunState:
    state = STATES[found.state.value]
    if state is RunState.FAILED and (found.note or "").startswith(CANCELLED):
        return RunState.CANCELLED
    return state
