"""The CronWorkflow: runs of the WorkflowTemplate that Argo starts by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeglot.ir import Overlap, Pipeline, Schedule
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
            **_bounds(schedule),
            **_described(pipeline),
            "workflowSpec": {"workflowTemplateRef": {"name": pipeline.name}},
        },
    }


def _bounds(schedule: Schedule) -> dict[str, Data]:
    """By the clock, when a run would start: what is due in the last minute starts some moments after it begins."""
    terms = [f'now() >= date("{schedule.start}")'] if schedule.start else []
    if schedule.end:
        last = datetime.fromisoformat(schedule.end).replace(second=0, microsecond=0) + timedelta(minutes=1)
        terms.append(f'now() < date("{last.isoformat()}")')
    return {"when": f"{{{{= {' && '.join(terms)} }}}}"} if terms else {}


def _described(pipeline: Pipeline) -> dict[str, Data]:
    """Labels reach its runs by the template; this is no part of that."""
    return {"workflowMetadata": {"annotations": {DESCRIPTION: pipeline.description}}} if pipeline.description else {}
