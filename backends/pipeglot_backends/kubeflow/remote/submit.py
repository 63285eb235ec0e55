"""Runs on a real Kubeflow Pipelines: started under an id of ours, followed, cancelled, collected."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pipeglot.ir import Json, Pipeline
from pipeglot_backends.kubeflow.emit.types import ROOM_FOR_PARAMS
from pipeglot_backends.kubeflow.remote import messages, records
from pipeglot_backends.kubeflow.remote.arguments import arguments, params_of
from pipeglot_backends.kubeflow.remote.config_map import config_map
from pipeglot_backends.kubeflow.remote.connection import Answer, Connection, connected, raw, text
from pipeglot_backends.kubeflow.remote.recurring import reconcile
from pipeglot_backends.kubeflow.remote.start import found, name_of, start
from pipeglot_backends.kubeflow.remote.versions import experiment, uploaded
from pipeglot_backends.kubeflow.settings import OBJECTS, checked
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Collected, Handle, Progress, RunState
from pipeglot_backends.remote.responses import NotFound, rows, stop, table
from pipeglot_backends.remote.sdk import moment, rejected

EXPERIMENT, DEFAULT_EXPERIMENT = "KF_PIPELINES_DEFAULT_EXPERIMENT_NAME", "Default"
PIPELINE_ROOT = "minio://mlpipeline/v2/artifacts"
"""Where a Kubeflow keeps artifacts that nobody told otherwise."""
STATES = {
    "PENDING": RunState.WAITING,
    "RUNNING": RunState.RUNNING,
    "CANCELING": RunState.RUNNING,
    "PAUSED": RunState.RUNNING,
    "SUCCEEDED": RunState.SUCCEEDED,
    "SKIPPED": RunState.SUCCEEDED,
    "FAILED": RunState.FAILED,
    "CANCELED": RunState.CANCELLED,
}
CANCELLING = ("CANCELING", "CANCELED")


def submit(
    pipeline: Pipeline, files: Sequence[EmittedFile], run: uuid.UUID, params: Mapping[str, Json], access: Access
) -> Handle:
    """Uploads what is not there yet and starts the run; nothing twice for the same `run`."""
    settings, name = checked(access.settings), name_of(pipeline.name, run)
    given = _fitting(arguments(pipeline, params, run))
    with connected(access) as connection:
        there = found(connection, name, run)
        if there is not None:
            started_with = params_of(pipeline, params_of_run(there))
            return Handle(run, native_of(connection, pipeline, there, access)).already(started_with)
        for file in files:
            if file.path.startswith("kubernetes/") and file.path != OBJECTS:
                config_map(file.text, connection.namespace, access)
        document = next(file.text for file in files if file.path == "pipeline.yaml")
        where = settings.get("experiment") or access.environ.get(EXPERIMENT) or DEFAULT_EXPERIMENT
        root = settings.get("pipeline_root") or pipeline.artifacts
        each: dict[str, Any] = {
            "pipeline_version_reference": uploaded(connection, pipeline.name, document, access),
            "experiment_id": experiment(connection, where),
            **({"service_account": settings["service_account"]} if "service_account" in settings else {}),
        }
        said = reconcile(connection, pipeline, {**each, "runtime_config": _config(arguments(pipeline, {}, None), root)})
        if said:
            access.say(said)
        about = {"description": pipeline.description} if pipeline.description else {}
        begun = start(connection, name, run, {**each, **about, "runtime_config": _config(given, root)})
        return Handle(run, native_of(connection, pipeline, begun, access))


def _fitting(given: dict[str, Json]) -> dict[str, Json]:
    size = len(json.dumps(given))
    if size > ROOM_FOR_PARAMS:
        text = f"the params of this run are {size:,} bytes of JSON, and Kubeflow takes {ROOM_FOR_PARAMS:,}"
        raise rejected("PG501", text, "write what is large to a file, and give the step the path")
    return given


def collectable(pipeline: Pipeline, access: Access) -> None:
    """Raises `SpecRejected` where it is known before the start that the record could not be read afterwards."""
    records.opened(
        str(checked(access.settings).get("pipeline_root") or pipeline.artifacts or PIPELINE_ROOT), access.environ
    )


def status(handle: Handle, access: Access) -> Progress:
    with connected(access) as connection:
        there = found_run(connection, handle)
    if there is None:
        return Progress(RunState.GONE)
    shown = tuple((name, str(task.get("state", "PENDING"))) for name, task in messages.steps(there))
    return Progress(state_of(there), shown, messages.of_run(there), messages.of_tasks(there), params_of_run(there))


def cancel(handle: Handle, access: Access) -> None:
    """Stops all of it, steps of `on_exit` too. Over already: does nothing."""
    identity = handle.native["run"]
    with connected(access) as connection:
        terminate = raw(connection.client.runs.run_service_terminate_run, identity)
        try:
            stop(lambda: _stopped(found_run(connection, handle)), lambda: connection.ask("cancel a run", terminate))
        except NotFound:
            raise rejected("PG522", f"{connection.url} has no run `{identity}` any more") from None


def collect(handle: Handle, access: Access) -> Collected:
    """The record of each attempt, from the artifact store, and Kubeflow's own word on the run."""
    with connected(access) as connection:
        there = found_run(connection, handle)
    state = RunState.GONE if there is None else state_of(there)
    place = handle.native["artifacts"]
    logs = records.collected([place], access.folder / str(handle.run), access)
    if not logs and state is RunState.SUCCEEDED:
        hint = "where this Kubeflow keeps artifacts elsewhere, name it: `kubeflow: {pipeline_root: …}`"
        raise rejected("PG527", f"the run succeeded, and none of its records are at `{place}`", hint)
    if there is None:
        return Collected(logs, state)
    said = tuple(messages.of_steps(there))
    params, ended = params_of_run(there), moment(there.get("finished_at"))
    return Collected(logs, state, None, ended, messages.of_run(there), said, params)


def native_of(connection: Connection, pipeline: Pipeline, there: Answer, access: Access) -> dict[str, str]:
    """What it takes to find a run again, and its records."""
    identity = text(connection, there, "run_id")
    root = table(there, "runtime_config").get("pipeline_root") or checked(access.settings).get("pipeline_root")
    artifacts = records.below(str(root or pipeline.artifacts or PIPELINE_ROOT), pipeline.name, identity)
    return {"run": identity, "url": connection.url, "artifacts": artifacts}


def _config(given: Mapping[str, Json], root: str | None) -> dict[str, Json]:
    return {"parameters": dict(given), **({"pipeline_root": root} if root else {})}


def params_of_run(there: Answer) -> Mapping[str, Json]:
    return table(table(there, "runtime_config"), "parameters")


def found_run(connection: Connection, handle: Handle) -> Answer | None:
    try:
        there = connection.ask("look for a run", raw(connection.client.runs.run_service_get_run, handle.native["run"]))
    except NotFound:
        return None
    text(connection, there, "run_id")
    return there


def _stopped(there: Answer | None) -> bool:
    """Whether it is over, or on its way there."""
    if there is None:
        raise NotFound
    return state_of(there).over or str(there.get("state")) in CANCELLING


def state_of(there: Answer) -> RunState:
    """A run that was terminated ends as failed: that it was shows in its history alone."""
    state = STATES.get(str(there.get("state")), RunState.WAITING)
    before = {str(each.get("state")) for each in rows(there, "state_history")}
    return RunState.CANCELLED if state is RunState.FAILED and before.intersection(CANCELLING) else state
