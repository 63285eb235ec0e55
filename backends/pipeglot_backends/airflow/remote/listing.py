"""The runs that an Airflow has of a pipeline: those of `submit`, of people, and of the scheduler."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from pipeglot.ir import Pipeline
from pipeglot_backends.airflow.emit.environment import instance
from pipeglot_backends.airflow.remote.connection import PAGE, connect, paged
from pipeglot_backends.airflow.remote.submit import PREFIX, native_of
from pipeglot_backends.airflow.settings import read
from pipeglot_backends.remote.protocol import Access, EngineRun
from pipeglot_backends.remote.responses import NotFound
from pipeglot_backends.remote.sdk import rejected
from pipeglot_expression.runtime.identity import derived_run_id, is_uuid

if TYPE_CHECKING:
    from airflow_client.client.models.dag_run_response import DAGRunResponse


def list_runs(pipeline: Pipeline, access: Access, limit: int) -> Iterator[EngineRun]:
    """The newest `limit` of them, the newest first."""
    connection, about = connect(access), instance(pipeline, read(access.settings))
    from airflow_client.client import DagRunApi

    def ask(seen: int) -> tuple[list[DAGRunResponse], int | None]:
        try:
            with connection.asking(f"list the runs of `{pipeline.name}`"):
                page = DagRunApi(connection.client).get_dag_runs(
                    pipeline.name, limit=PAGE, offset=seen, order_by=["-run_after"]
                )
        except NotFound:
            raise rejected("PG522", f"Airflow has no DAG `{pipeline.name}`") from None
        return page.dag_runs, page.total_entries

    for run in islice(paged(ask), limit):
        given = run.conf or {}
        yield EngineRun(
            native=native_of(connection, pipeline, run.dag_run_id, access),
            run=_run(about, run),
            params={param.name: given[param.name] for param in pipeline.params if param.name in given},
            began=run.start_date or run.queued_at,
            ended=run.end_date,
        )


def _run(about: str, run: DAGRunResponse) -> uuid.UUID:
    """As its sidecars know it: the id that `submit` gave, else the one that follows from Airflow's own."""
    given = run.dag_run_id.removeprefix(PREFIX)
    if is_uuid(given):
        return uuid.UUID(given)
    scheduled = run.logical_date.isoformat() if run.run_type.value == "scheduled" and run.logical_date else ""
    return uuid.UUID(derived_run_id(about, run.dag_run_id, scheduled))
