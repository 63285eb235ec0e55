"""The logs of a step on Airflow: of every try of its tasks, as Airflow keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeglot_backends.airflow.names import LIST_TASK
from pipeglot_backends.airflow.remote.connection import Connection, connect
from pipeglot_backends.airflow.remote.logs import log
from pipeglot_backends.airflow.remote.submit import found_run, state_of
from pipeglot_backends.airflow.remote.task_instances import listed
from pipeglot_backends.remote.protocol import Access, Handle, StepLogs, TaskLog

if TYPE_CHECKING:
    from airflow_client.client.models.task_instance_response import TaskInstanceResponse

ENDED = ("success", "failed", "skipped", "upstream_failed", "removed")


def read_logs(handle: Handle, step: str, access: Access) -> StepLogs:
    connection = connect(access)
    run = found_run(connection, handle)
    if run is None:
        return StepLogs((), over=True)
    every = list(listed(connection, handle.native["dag"], handle.native["run"]))
    tasks = [task for task in every if task.task_id == step]
    # items that are not listed yet have one task in their place, which never ran
    ran = [task for task in tasks if task.start_date] or [
        task for task in every if task.task_id == f"{step}{LIST_TASK}"
    ]
    over = bool(tasks) and all(task.state is not None and task.state.value in ENDED for task in tasks)
    logs = tuple(each for task in ran for each in _logs(connection, task))
    return StepLogs(logs, over or state_of(run).over, run.conf or {})


def _logs(connection: Connection, task: TaskInstanceResponse) -> Iterator[TaskLog]:
    for number in range(1, task.try_number + 1):
        if text := log(connection, task, number):
            yield TaskLog(f"{text}\n", number, None if task.map_index < 0 else str(task.map_index))
