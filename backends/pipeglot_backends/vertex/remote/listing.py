"""The runs that Vertex AI has of a pipeline: those of `submit`, of people, and of schedules."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Pipeline
from pipeglot_backends.kubeflow.remote.arguments import params_of, run_of
from pipeglot_backends.remote.protocol import Access, EngineRun
from pipeglot_backends.remote.responses import NotFound, table
from pipeglot_backends.remote.sdk import moment, rejected
from pipeglot_backends.vertex.remote.connection import PLACE, connected
from pipeglot_backends.vertex.remote.jobs import root
from pipeglot_backends.vertex.settings import read


def list_runs(pipeline: Pipeline, access: Access, limit: int) -> Iterator[EngineRun]:
    """The newest `limit` of them, the newest first."""
    settings = read(access.settings)
    with connected(access) as connection:
        try:
            jobs = connection.listed(
                f"list the runs of `{pipeline.name}`", connection.jobs.list_pipeline_jobs, limit,
                parent=connection.parent, filter=f'pipeline_name="{pipeline.name}"', order_by="create_time desc",
            )  # fmt: skip
        except NotFound:
            raise rejected("PG522", f"{connection.url} does not know `{connection.parent}`", PLACE) from None
        for job in jobs:
            config = table(job, "runtime_config")
            given = table(config, "parameter_values")
            place = str(config.get("gcs_output_directory") or root(pipeline, settings)).rstrip("/")
            yield EngineRun(
                native={"job": str(job["name"]), "url": connection.url, "artifacts": place},
                run=run_of(given),
                params=params_of(pipeline, given),
                began=moment(job.get("start_time") or job.get("create_time")),
                ended=moment(job.get("end_time")),
            )
