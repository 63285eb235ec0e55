"""What Airflow says of a run that went wrong and of its tasks: in notes, and in the logs of those without a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.airflow.names import LIST_TASK, VERDICTS
from pipeglot_backends.airflow.remote.connection import Connection
from pipeglot_backends.airflow.remote.logs import last_error
from pipeglot_backends.remote.protocol import Said
from pipeglot_backends.remote.sdk import one_line

if TYPE_CHECKING:
    from airflow_client.client.models.dag_run_response import DAGRunResponse
    from airflow_client.client.models.task_instance_response import TaskInstanceResponse

MOST = 20
"""Logs that are looked into: of a run that failed widely the first tell enough."""
WRONG = ("failed", "up_for_retry")
OURS = "pipeglot: "


def of_run(run: DAGRunResponse) -> str | None:
    note = one_line(run.note) if run.state.value == "failed" else None
    return None if note is None or note.startswith(OURS) else note


def of_tasks(tasks: Iterable[TaskInstanceResponse]) -> Mapping[str, str]:
    messages = {shown(task): one_line(task.note) for task in tasks if _went_wrong(task)}
    return {name: note for name, note in messages.items() if note}


def of_steps(connection: Connection, tasks: Iterable[TaskInstanceResponse], logs: Iterable[Path]) -> Iterator[Said]:
    """Of each task that failed: its note, else the last error of its log where its sidecar recorded nothing."""
    recorded, looked = {path.name for path in logs}, 0
    for task in tasks:
        if not _went_wrong(task) or task.task_id in VERDICTS:
            continue
        message = one_line(task.note)
        step = task.task_id.removesuffix(LIST_TASK)
        item = None if task.map_index < 0 else str(task.map_index)
        if message is None and not _is_recorded(task, recorded) and looked < MOST:
            looked += 1
            message = _error(connection, task)
        if message:
            yield Said(step, item, message)


def shown(task: TaskInstanceResponse) -> str:
    return task.task_id if task.map_index < 0 else f"{task.task_id}[{task.map_index}]"


def _went_wrong(task: TaskInstanceResponse) -> bool:
    return task.state is not None and task.state.value in WRONG


def _is_recorded(task: TaskInstanceResponse, recorded: set[str]) -> bool:
    """Whether the last try of it left a record: a folder's, or one out of its log."""
    item = "" if task.map_index < 0 else f".{task.map_index}"
    names = (f"{task.task_id}{item}.{task.try_number}.jsonl", f"{task.task_id}{item}.try{task.try_number}.jsonl")
    return any(name in recorded for name in names)


def _error(connection: Connection, task: TaskInstanceResponse) -> str | None:
    try:
        return one_line(last_error(connection, task, task.try_number))
    except SpecRejected:  # the log is only asked for more words: without them the run is collected all the same
        return None
