"""Argo Workflows: a WorkflowTemplate whose pods start each step through the sidecar."""

from __future__ import annotations

from pipeglot.ir import Pipeline
from pipeglot_backends.argo.emit.cron import cron_workflow, most_runs
from pipeglot_backends.argo.emit.manifests import FOLDER, commented, workflow, workflow_template
from pipeglot_backends.argo.emit.sizes import check
from pipeglot_backends.argo.emit.tasks import added
from pipeglot_backends.argo.limits import CANNOT, EMULATES
from pipeglot_backends.argo.settings import checked as check_settings
from pipeglot_backends.emit import carried_retries, config_maps
from pipeglot_backends.emit.yaml_text import dump
from pipeglot_backends.features import delivery as deliveries
from pipeglot_backends.protocol import EmittedFile, Options

NAME = "argo"
VERSIONS = ("3.7", "4.0", "4.1")
RUN = ("3.7", "4.0")
OPERATORS: tuple[str, ...] = ()
SCHEDULES = True
CARRIES_CODE = True
REMOTE = "pipeglot_backends.argo.remote"
PATCHES = "pipeglot_backends.argo.patches"

__all__ = [
    "CANNOT",
    "CARRIES_CODE",
    "EMULATES",
    "NAME",
    "OPERATORS",
    "PATCHES",
    "REMOTE",
    "RUN",
    "SCHEDULES",
    "VERSIONS",
    "check_settings",
    "delivery",
    "emit",
    "tasks",
]


def emit(pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
    pipeline, options = carried_retries.carrying_retries(pipeline, options, lambda retry: bool(retry.backoff % 1))
    template = workflow_template(pipeline, options)
    check(pipeline, template)
    cron, most = cron_workflow(pipeline, options), most_runs(pipeline, options)
    return (
        *config_maps.code_files(NAME, pipeline, options),
        *((EmittedFile("cronworkflow.yaml", "---\n".join(map(dump, filter(None, (cron, most))))),) if cron else ()),
        *config_maps.files(NAME, pipeline, options),
        EmittedFile("workflowtemplate.yaml", dump(commented(pipeline, template))),
        EmittedFile(f"{pipeline.name}{FOLDER}/workflow.yaml", dump(workflow(pipeline, options))),
    )


def delivery(files: tuple[EmittedFile, ...]) -> str:
    del files
    return deliveries.CONFIG_MAP


def tasks(pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> tuple[tuple[str, str], ...]:
    del files
    return added(pipeline)
