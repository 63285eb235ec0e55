"""Records out of the logs of tasks, where pods left them: `PIPEGLOT_RECORD_LOG` in `docs/internals/runtime.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeglot.files import write_bytes
from pipeglot_backends.airflow.names import VERDICTS
from pipeglot_backends.airflow.remote.connection import Connection
from pipeglot_backends.airflow.remote.task_instances import listed
from pipeglot_backends.remote.log_records import record
from pipeglot_backends.remote.responses import NotFound

if TYPE_CHECKING:
    from airflow_client.client.models.task_instance_response import TaskInstanceResponse

ENDED = ("success", "failed", "skipped", "up_for_retry")


def fetched(connection: Connection, dag: str, run: str, folder: Path) -> tuple[Path, ...]:
    """The records of all tries that are over, each in a file of its own in `folder`; those fetched before stay."""
    tasks = [task for task in listed(connection, dag, run) if task.task_id not in VERDICTS]
    return tuple(path for task in tasks for path in _records(connection, task, folder))


def _records(connection: Connection, task: TaskInstanceResponse, folder: Path) -> Iterator[Path]:
    over = task.state is not None and task.state.value in ENDED
    for number in range(1, task.try_number + (1 if over else 0)):
        item = "" if task.map_index < 0 else f".{task.map_index}"
        path = folder / f"{task.task_id}{item}.try{number}.jsonl"
        if not path.exists():
            found = record(log(connection, task, number))
            if found is None:
                continue
            write_bytes(path, found)
        yield path


def log(connection: Connection, task: TaskInstanceResponse, number: int) -> str:
    """The whole log of a try; empty where Airflow keeps none any more."""
    return "\n".join(each if isinstance(each, str) else each.event for each in _entries(connection, task, number))


def last_error(connection: Connection, task: TaskInstanceResponse, number: int) -> str | None:
    """The last line of an error in the log of a try, with the exception that is told with it."""
    for each in reversed(_entries(connection, task, number)):
        fields: dict[str, Any] = {} if isinstance(each, str) else each.to_dict()
        if str(fields.get("level")).lower() in ("error", "critical"):
            details: list[dict[str, Any]] = fields.get("error_detail") or []
            raised: dict[str, Any] = details[0] if details else {}
            why = f": {raised.get('exc_type')}: {raised.get('exc_value')}" if raised else ""
            return f"{fields.get('event')}{why}"
    return None


def _entries(connection: Connection, task: TaskInstanceResponse, number: int) -> list[Any]:
    """Page by page."""
    from airflow_client.client import TaskInstanceApi

    entries: list[Any] = []
    token: str | None = None
    try:
        while True:
            with connection.asking(f"read the log of `{task.task_id}`"):
                page = TaskInstanceApi(connection.client).get_log(
                    task.dag_id,
                    task.dag_run_id,
                    task.task_id,
                    number,
                    full_content=True,
                    map_index=task.map_index,
                    token=token,
                    accept="application/json",
                )
            found = page.content.actual_instance or []
            entries += found
            token = page.continuation_token
            if not (token and found):
                return entries
    except NotFound:
        return []
