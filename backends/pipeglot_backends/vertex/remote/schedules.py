"""The schedule of a pipeline on Vertex AI: made, replaced when it changed, removed with the pipeline's own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeglot.ir import Overlap, Pipeline, Schedule
from pipeglot_backends.remote.origins import refuse_another_origin
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import NotFound, make_once, table
from pipeglot_backends.vertex.remote.connection import Answer, Connection, message

LABEL, ORIGIN = "pipeglot-schedule", "pipeglot-origin"
"""On the jobs of our schedules; holds what names the schedule's content."""
AT_ONCE = 10


def reconcile(connection: Connection, pipeline: Pipeline, job: Mapping[str, Any], access: Access) -> str | None:
    """Leaves the one schedule that is wanted, and no other of ours. Says what was done, None for nothing."""
    there = _ours(connection, pipeline.name)
    mine = replace(access, origin=access.origin and _label(access.origin))
    for each in there:
        refuse_another_origin(f"the schedule `{pipeline.name}`", _labels(each).get(ORIGIN), mine)
    wanted = None if pipeline.schedule is None else _wanted(connection, pipeline.name, pipeline.schedule, job)
    if wanted and mine.origin:
        wanted["createPipelineJobRequest"]["pipelineJob"]["labels"][ORIGIN] = mine.origin
    kept = [each for each in there if wanted and _content(each) == _content_of(wanted)][:1]
    for each in there:
        if each not in kept:
            _remove(connection, pipeline.name, each["name"])
    if wanted and not kept:
        _make(connection, pipeline.name, wanted)
        return f"the schedule `{pipeline.name}` was {'replaced' if there else 'made'}"
    if kept and kept[0].get("state") == "PAUSED":
        return f"the schedule `{pipeline.name}` is paused"
    return f"the schedule `{pipeline.name}` was removed" if there and not kept else None


def timing(schedule: Schedule) -> dict[str, Any]:
    """When runs begin. Without a zone in front Vertex AI takes UTC. Runs that are too many wait, or are left out."""
    skips = schedule.overlap is Overlap.SKIP
    bounds = {"startTime": schedule.start, "endTime": schedule.end}
    most = {"maxConcurrentActiveRunCount": str(schedule.max_active)} if schedule.max_active else {}
    return {
        "cron": f"TZ={schedule.timezone} {schedule.cron}",
        **{name: at for name, at in bounds.items() if at},
        "maxConcurrentRunCount": "1" if skips else str(schedule.max_active or AT_ONCE),
        **most,
        "allowQueueing": not skips,
    }


def _wanted(connection: Connection, name: str, schedule: Schedule, job: Mapping[str, Any]) -> dict[str, Any]:
    when = timing(schedule)
    content = hashlib.sha256(json.dumps([when, job], sort_keys=True).encode()).hexdigest()[:32]
    request = {"parent": connection.parent, "pipelineJob": {**job, "labels": {**job.get("labels", {}), LABEL: content}}}
    return {"displayName": name, **when, "createPipelineJobRequest": request}


def _content_of(wanted: Mapping[str, Any]) -> str:
    return str(wanted["createPipelineJobRequest"]["pipelineJob"]["labels"][LABEL])


def _content(there: Answer) -> str | None:
    labels = _labels(there)
    return labels.get(LABEL) or None


def _labels(there: Answer) -> dict[str, str]:
    found = table(table(table(there, "create_pipeline_job_request"), "pipeline_job"), "labels")
    return {str(name): str(value) for name, value in found.items()}


def _label(origin: str) -> str:
    """Labels hold small letters and digits, 63 at most."""
    return hashlib.sha256(origin.encode()).hexdigest()[:32]


def _ours(connection: Connection, name: str) -> list[Answer]:
    listing = connection.schedules.list_schedules
    what, wanted = f"look for the schedule `{name}`", f'display_name="{name}"'
    found = connection.listed(what, listing, parent=connection.parent, filter=wanted)
    return [each for each in found if _content(each)]


def _make(connection: Connection, name: str, wanted: Mapping[str, Any]) -> None:
    create, body = connection.schedules.create_schedule, message("Schedule", wanted)
    make_once(
        lambda: connection.once(f"make the schedule `{name}`", create, parent=connection.parent, schedule=body),
        lambda: any(_content(each) == _content_of(wanted) for each in _ours(connection, name)),
    )


def _remove(connection: Connection, name: str, resource: str) -> None:
    try:
        connection.ask(f"remove the schedule `{name}`", connection.schedules.delete_schedule, name=resource)
    except NotFound:
        return  # asked twice, or someone else was quicker
