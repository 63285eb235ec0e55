"""Runs on Vertex AI: started under an id of ours, followed, cancelled, collected."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from pipeglot.ir import Json, Pipeline
from pipeglot_backends.kubeflow.remote import records
from pipeglot_backends.kubeflow.remote.arguments import arguments, params_of
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Collected, Handle, Progress, RunState, Said
from pipeglot_backends.remote.responses import Conflict, NotFound, rows, stop, strange, table
from pipeglot_backends.remote.sdk import moment, one_line, rejected
from pipeglot_backends.vertex.remote.connection import PLACE, Answer, Connection, connected, message
from pipeglot_backends.vertex.remote.jobs import LABEL, job, job_id, root
from pipeglot_backends.vertex.remote.schedules import reconcile
from pipeglot_backends.vertex.settings import read

STATE = "PIPELINE_STATE_"
NAMED = 6
"""Parts of a job's name: projects/…/locations/…/pipelineJobs/…"""
STATES = {
    "QUEUED": RunState.WAITING,
    "PENDING": RunState.WAITING,
    "RUNNING": RunState.RUNNING,
    "CANCELLING": RunState.RUNNING,
    "PAUSED": RunState.RUNNING,
    "SUCCEEDED": RunState.SUCCEEDED,
    "FAILED": RunState.FAILED,
    "CANCELLED": RunState.CANCELLED,
}


def submit(
    pipeline: Pipeline, files: Sequence[EmittedFile], run: uuid.UUID, params: Mapping[str, Json], access: Access
) -> Handle:
    """Creates the job, and the schedule where there is one; nothing twice for the same `run`."""
    settings, identity = read(access.settings), job_id(pipeline.name, run)
    body = job(pipeline, files, arguments(pipeline, params, run), settings, f"{pipeline.name} {run}")
    with connected(access) as connection:
        name = f"{connection.parent}/pipelineJobs/{identity}"
        handle = Handle(run, {"job": name, "url": connection.url, "artifacts": root(pipeline, settings)})
        if (there := found_job(connection, name)) is not None:
            return _already(handle, pipeline, there)
        _deliver(pipeline, files, access)
        again = job(pipeline, files, arguments(pipeline, {}, None), settings, pipeline.name)
        if said := reconcile(connection, pipeline, again, access):
            access.say(said)
        labelled = message("PipelineJob", {**body, "labels": {**body.get("labels", {}), LABEL: str(run)}})
        try:
            connection.ask(
                f"start a run of `{pipeline.name}`", connection.jobs.create_pipeline_job,
                parent=connection.parent, pipeline_job=labelled, pipeline_job_id=identity,
            )  # fmt: skip
        except Conflict:
            return _already(handle, pipeline, found_job(connection, name) or {})
        except NotFound:
            raise rejected("PG522", f"{connection.url} does not know `{connection.parent}`", PLACE) from None
        return handle


def collectable(pipeline: Pipeline, access: Access) -> None:
    """Raises `SpecRejected` where it is known before the start that the record could not be read afterwards."""
    records.opened(root(pipeline, read(access.settings)), access.environ)


def status(handle: Handle, access: Access) -> Progress:
    with connected(access) as connection:
        there = found_job(connection, handle.native["job"])
    if there is None:
        return Progress(RunState.GONE)
    tasks = [task for task in tasks_of(there) if int(task.get("parent_task_id") or 0)]
    tasks.sort(key=lambda task: str(task.get("start_time") or "~"))
    states = tuple((task["task_name"], str(task.get("state", "PENDING"))) for task in tasks)
    messages = {task["task_name"]: message for task in tasks if (message := _error(task))}
    return Progress(_state(there), states, _error(there), messages, _params(there))


def cancel(handle: Handle, access: Access) -> None:
    """Stops all of it. Over already: does nothing."""
    name = handle.native["job"]
    with connected(access) as connection:
        ask = connection.jobs.cancel_pipeline_job
        try:
            stop(lambda: _stopped(found_job(connection, name)), lambda: connection.ask("cancel a run", ask, name=name))
        except NotFound:
            raise rejected("PG522", f"{connection.url} has no job `{name}` any more") from None


def collect(handle: Handle, access: Access) -> Collected:
    """The record of each attempt, from Cloud Storage, and Vertex AI's own word on the run."""
    with connected(access) as connection:
        there = found_job(connection, handle.native["job"])
    state = RunState.GONE if there is None else _state(there)
    places = [*_places(handle, there), *(_outputs(there) if there else ())]
    logs = records.collected(places, access.folder / str(handle.run), access)
    if not logs and state is RunState.SUCCEEDED:
        raise rejected("PG527", f"the run succeeded, and none of its records are at `{places[0]}`")
    if there is None:
        return Collected(logs, state)
    wrong = [task for task in tasks_of(there) if _error(task)]
    said = tuple(Said(str(task["task_name"]), None, _error(task)) for task in wrong)
    return Collected(logs, state, None, moment(there.get("end_time")), _error(there), said, _params(there))


def _error(there: Answer) -> str | None:
    return one_line(table(there, "error").get("message"))


def _already(handle: Handle, pipeline: Pipeline, there: Answer) -> Handle:
    return handle.already(params_of(pipeline, _params(there))) if there else handle.already({})


def _params(there: Answer) -> Mapping[str, Json]:
    return table(table(there, "runtime_config"), "parameter_values")


def _deliver(pipeline: Pipeline, files: Sequence[EmittedFile], access: Access) -> None:
    """The sidecar, where it is too long for the definition."""
    for file in files:
        if file.path.startswith("pipeglot-") and file.path.endswith(".py"):
            place = read(access.settings).beside(pipeline.artifacts) or ""
            records.put(f"{place}/{file.path}", file.text, access)


def found_job(connection: Connection, name: str) -> Answer | None:
    try:
        there = connection.ask("look for a run", connection.jobs.get_pipeline_job, name=name)
    except NotFound:
        return None
    if len(str(there.get("name")).split("/")) != NAMED:
        raise strange(connection.server, "with no run")
    return there


def _stopped(there: Answer | None) -> bool:
    """Whether it is over, or on its way there."""
    if there is None:
        raise NotFound
    return _state(there).over or there.get("state") == f"{STATE}CANCELLING"


def _state(there: Answer) -> RunState:
    return STATES.get(str(there.get("state", "")).removeprefix(STATE), RunState.WAITING)


def tasks_of(there: Answer) -> list[Answer]:
    return rows(table(there, "job_detail"), "task_details")


def _places(handle: Handle, there: Answer | None) -> tuple[str, ...]:
    """Artifacts lie under the project's number, which Vertex AI uses in the names that it tells."""
    name = str(there.get("name")) if there else handle.native["job"]
    _, project, *_, identity = name.split("/")
    return (records.below(handle.native["artifacts"], project, identity),)


def _outputs(there: Answer) -> tuple[str, ...]:
    """Where the tasks say that their records are."""
    found = [table(table(task, "outputs"), records.RECORD) for task in tasks_of(there)]
    return tuple(str(each["uri"]) for listed in found for each in rows(listed, "artifacts") if each.get("uri"))
