"""The recurring run of a pipeline with a `schedule`: made, replaced when it changed, removed with the schedule."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pipeglot.ir import Pipeline, Schedule
from pipeglot_backends.kubeflow.features import MOST_RUNS
from pipeglot_backends.kubeflow.remote.connection import Answer, Connection, listed, named, raw, text
from pipeglot_backends.remote.responses import NotFound, make_once

MARK = "pipeglot "
"""How the description of our recurring runs begins: those that people made under the same name are left alone."""


def reconcile(connection: Connection, pipeline: Pipeline, body: Mapping[str, Any]) -> str | None:
    """Leaves the one recurring run that is wanted, and no other of ours. `body` is what runs have in common.

    Says what was done, None for nothing. One that is there as it is wanted stays as it is, also when someone paused it.
    """
    there = _ours(connection, pipeline.name)
    wanted = None if pipeline.schedule is None else _wanted(pipeline.name, pipeline.schedule, body)
    kept = [each for each in there if wanted and each.get("description") == wanted["description"]][:1]
    for each in there:
        if each not in kept:
            _remove(connection, pipeline.name, text(connection, each, "recurring_run_id"))
    if wanted and not kept:
        _make(connection, pipeline.name, wanted)
        return f"the recurring run `{pipeline.name}` was {'replaced' if there else 'made'}"
    if kept and kept[0].get("status") == "DISABLED":
        return f"the recurring run `{pipeline.name}` is disabled: someone paused it"
    return f"the recurring run `{pipeline.name}` was removed" if there and not kept else None


def trigger(schedule: Schedule) -> dict[str, Any]:
    """Kubeflow's cron has seconds in front, and reads five fields as six without the last."""
    bounds = {"start_time": schedule.start, "end_time": schedule.end}
    return {"cron_schedule": {"cron": f"0 {schedule.cron}", **{name: at for name, at in bounds.items() if at}}}


def _wanted(name: str, schedule: Schedule, body: Mapping[str, Any]) -> dict[str, Any]:
    whole = {
        **body,
        "display_name": name,
        "trigger": trigger(schedule),
        "mode": "ENABLE",
        "max_concurrency": str(min(schedule.max_active or MOST_RUNS, MOST_RUNS)),
        "no_catchup": not schedule.catchup,
    }
    content = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    return {**whole, "description": f"{MARK}{content[:32]}"}


def _ours(connection: Connection, name: str) -> list[Answer]:
    calls = connection.client.recurring_runs.recurring_run_service_list_recurring_runs
    what, space = f"look for the recurring run `{name}`", connection.namespace
    found = listed(connection, what, "recurringRuns", calls, filter=named(name), namespace=space)
    return [each for each in found if str(each.get("description", "")).startswith(MARK)]


def _make(connection: Connection, name: str, wanted: Mapping[str, Any]) -> None:
    create = raw(connection.client.recurring_runs.recurring_run_service_create_recurring_run, dict(wanted))
    make_once(
        lambda: connection.once(f"make the recurring run `{name}`", create),
        lambda: any(each.get("description") == wanted["description"] for each in _ours(connection, name)),
    )


def _remove(connection: Connection, name: str, identity: str) -> None:
    api = connection.client.recurring_runs
    try:
        connection.ask(
            f"remove the recurring run `{name}`", raw(api.recurring_run_service_delete_recurring_run, identity)
        )
    except NotFound:
        return  # asked twice, or someone else was quicker
