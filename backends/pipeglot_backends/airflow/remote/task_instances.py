"""All task instances of a run: Airflow tells a hundred at a time, whatever is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeglot_backends.airflow.remote.connection import PAGE, Connection, paged

if TYPE_CHECKING:
    from airflow_client.client.models.task_instance_response import TaskInstanceResponse


def listed(connection: Connection, dag: str, run: str) -> Iterator[TaskInstanceResponse]:
    """In the order of their ids, which no task that begins meanwhile changes."""
    from airflow_client.client import TaskInstanceApi

    def ask(seen: int) -> tuple[list[TaskInstanceResponse], int | None]:
        with connection.asking("list the run's tasks"):
            page = TaskInstanceApi(connection.client).get_task_instances(
                dag, run, limit=PAGE, offset=seen, order_by=["id"]
            )
        return page.task_instances, page.total_entries

    return paged(ask)
