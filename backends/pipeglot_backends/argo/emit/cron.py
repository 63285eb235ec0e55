"""The CronWorkflow: runs of the WorkflowTemplate that Argo starts by itself."""

from __future__ import annotations

from pipeglot.ir import Overlap, Pipeline
from pipeglot_backends.argo.emit.manifests import API, DESCRIPTION, metadata_of
from pipeglot_backends.argo.settings import starting_deadline
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.protocol import Options

POLICIES = {Overlap.ALLOW: "Allow", Overlap.SKIP: "Forbid", Overlap.REPLACE: "Replace"}


def cron_workflow(pipeline: Pipeline, options: Options) -> dict[str, Data] | None:
    """None for a pipeline without a schedule. Argo reads five fields, 0 to 6 for the days of a week."""
    schedule = pipeline.schedule
    if schedule is None:
        return None
    return {
        "apiVersion": API,
        "kind": "CronWorkflow",
        "metadata": metadata_of(pipeline.name, pipeline, options),
        "spec": {
            "schedules": [schedule.cron],
            "timezone": schedule.timezone,
            "concurrencyPolicy": POLICIES[schedule.overlap],
            "startingDeadlineSeconds": starting_deadline(options.settings),
            **_described(pipeline),
            "workflowSpec": {"workflowTemplateRef": {"name": pipeline.name}},
        },
    }


def _described(pipeline: Pipeline) -> dict[str, Data]:
    """Labels reach its runs by the template; this is no part of that."""
    return {"workflowMetadata": {"annotations": {DESCRIPTION: pipeline.description}}} if pipeline.description else {}
