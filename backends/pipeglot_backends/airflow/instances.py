"""All task instances of a run: Airflow tells a hundred at a time, whatever is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeglot_backends.airflow.connection import Connection

if TYPE_CHECKING:
    from airflow_client.client.models.task_instance_response import TaskInstanceResponse

PAGE = 100


def listed(connection: Connection, dag: str, run: str) -> Iterator[TaskInstanceResponse]:
    """In the order of their ids, which no task that begins meanwhile changes."""
    from airflow_client.client import TaskInstanceApi

    seen = 0
    while True:
        with connection.asking("list the run's tasks"):
            page = TaskInstanceApi(connection.client).get_task_instances(
                dag, run, limit=PAGE, offset=seen, order_by=["id"]
            )
        yield from page.task_instances
        seen += len(page.task_instances)
        if not page.task_instances or seen >= (page.total_entries or 0):
            return
