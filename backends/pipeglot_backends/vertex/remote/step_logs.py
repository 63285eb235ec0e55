"""The logs of a step on Vertex AI: Cloud Logging has them, and the way there is told, on its page and by `gcloud`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pipeglot_backends.remote.protocol import Access, Handle, StepLogs
from pipeglot_backends.remote.responses import table
from pipeglot_backends.remote.sdk import moment
from pipeglot_backends.vertex.remote.connection import connected
from pipeglot_backends.vertex.remote.submit import found_job, tasks_of

CONSOLE = "https://console.cloud.google.com/logs/query"


def read_logs(handle: Handle, step: str, access: Access) -> StepLogs:
    """Each container of a step is a job of its own, which names its lines."""
    name = handle.native["job"]
    with connected(access) as connection:
        there = found_job(connection, name)
    tasks = [task for task in tasks_of(there or {}) if task.get("task_name") == step]
    jobs = [table(table(task, "executor_detail"), "container_detail").get("main_job") for task in tasks]
    numbers = [str(job).rpartition("/")[2] for job in jobs if job]
    if not numbers:
        return StepLogs((), over=True)
    project = name.split("/")[1]
    wanted = f'resource.type="ml_job" resource.labels.job_id=({" OR ".join(map(_quoted, numbers))})'
    where = f"{CONSOLE};query={quote(wanted)}?project={project}"
    return StepLogs((), over=True, where=where, command=_command(wanted, there or {}, project))


def _command(wanted: str, job: Mapping[str, Any], project: str) -> str:
    """Without a moment in it `gcloud` looks at the last day alone."""
    since = moment(job.get("create_time"))
    wanted += f' timestamp>="{since.strftime("%Y-%m-%dT%H:%M:%SZ")}"' if since else ""
    options = ["--order=asc", "--format=value(textPayload,jsonPayload.message)", f"--project={project}"]
    return shlex.join(["gcloud", "logging", "read", wanted, *options])


def _quoted(number: str) -> str:
    return f'"{number}"'
