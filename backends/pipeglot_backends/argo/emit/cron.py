"""The CronWorkflow: runs of the WorkflowTemplate that Argo starts by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from pipeglot.ir import Overlap, Pipeline, Schedule
from pipeglot_backends.argo.emit.manifests import API, DESCRIPTION, metadata_of
from pipeglot_backends.argo.settings import keeping, starting_deadline
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.protocol import Options

MOST = "runs"
"""The key of the ConfigMap."""
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
            "workflowSpec": {"workflowTemplateRef": {"name": pipeline.name}, **_locked(pipeline, schedule, options)},
        },
    }


def _bounds(schedule: Schedule) -> dict[str, Data]:
    """By the clock, when a run would start: what is due in the last minute starts some moments after it begins.

    With single quotes: Argo reads the text between two double ones, as part of a JSON that it is not.
    """
    terms = [f"now() >= date('{schedule.start}')"] if schedule.start else []
    if schedule.end:
        last = datetime.fromisoformat(schedule.end).replace(second=0, microsecond=0) + timedelta(minutes=1)
        terms.append(f"now() < date('{last.isoformat()}')")
    return {"when": f"{{{{= {' && '.join(terms)} }}}}"} if terms else {}


def most_runs(pipeline: Pipeline, options: Options) -> dict[str, Data] | None:
    """The ConfigMap by which Argo knows how many scheduled runs go on at a time; a lock is all that one needs."""
    most = pipeline.schedule.max_active if pipeline.schedule else None
    if most is None or most == 1:
        return None
    metadata: Data = {**metadata_of(_lock(pipeline), pipeline, options)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {MOST: str(most)}}


def _locked(pipeline: Pipeline, schedule: Schedule, options: Options) -> dict[str, Data]:
    """Of the scheduled runs alone, beside what the settings say of all runs: a list here takes the place of that."""
    if schedule.max_active is None:
        return {}
    known = cast("dict[str, list[Data]]", keeping(options.settings)["synchronization"] or {})
    kind: str = "mutexes"
    own: Data = {"name": _lock(pipeline)}
    if schedule.max_active > 1:
        kind, own = "semaphores", {"configMapKeyRef": {"name": _lock(pipeline), "key": MOST}}
    return {"synchronization": cast(Data, {**known, kind: [*known.get(kind, []), own]})}


def _lock(pipeline: Pipeline) -> str:
    return f"{pipeline.name}-schedule"


def _described(pipeline: Pipeline) -> dict[str, Data]:
    """Labels reach its runs by the template; this is no part of that."""
    return {"workflowMetadata": {"annotations": {DESCRIPTION: pipeline.description}}} if pipeline.description else {}
