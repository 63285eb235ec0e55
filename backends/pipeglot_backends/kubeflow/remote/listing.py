"""The runs that a Kubeflow has of a pipeline: those of `submit`, of people, and of recurring runs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pipeglot.ir import Pipeline
from pipeglot_backends.kubeflow.remote.arguments import params_of, run_of
from pipeglot_backends.kubeflow.remote.connection import Answer, Connection, connected, each_of, listed, named, text
from pipeglot_backends.kubeflow.remote.submit import native_of
from pipeglot_backends.remote.protocol import Access, EngineRun
from pipeglot_backends.remote.responses import table
from pipeglot_backends.remote.sdk import moment


def list_runs(pipeline: Pipeline, access: Access, limit: int) -> Iterator[EngineRun]:
    """The newest `limit` of them, the newest first. Kubeflow cannot be asked for those of one pipeline alone."""
    with connected(access) as connection:
        of_it = _pipelines(connection, pipeline.name)
        calls, what = connection.client.runs.run_service_list_runs, f"list the runs of `{pipeline.name}`"
        runs = each_of(connection, what, "runs", calls, namespace=connection.namespace, sort_by="created_at desc")
        for run in islice((each for each in runs if _is_of(each, pipeline.name, of_it)), limit):
            given = table(table(run, "runtime_config"), "parameters")
            yield EngineRun(
                native=native_of(connection, pipeline, run, access),
                run=run_of(given),
                params=params_of(pipeline, given),
                began=moment(run.get("created_at")),
                ended=moment(run.get("finished_at")),
            )


def _pipelines(connection: Connection, name: str) -> frozenset[str]:
    """Ids of the pipelines of that name."""
    calls, what = connection.client.pipelines.pipeline_service_list_pipelines, f"look for the pipeline `{name}`"
    found = listed(connection, what, "pipelines", calls, filter=named(name), namespace=connection.namespace)
    return frozenset(text(connection, each, "pipeline_id") for each in found)


def _is_of(run: Answer, name: str, pipelines: frozenset[str]) -> bool:
    """Whether it is of a version that was uploaded, or was started with the definition itself."""
    if table(run, "pipeline_version_reference").get("pipeline_id") in pipelines:
        return True
    spec = table(run, "pipeline_spec")
    return table(table(spec, "pipeline_spec") or spec, "pipelineInfo").get("name") == name
