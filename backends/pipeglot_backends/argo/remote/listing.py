"""The workflows that an Argo has of a pipeline: those of `submit`, of people, and of the CronWorkflow."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import cast

from pipeglot.ir import Json, Pipeline
from pipeglot_backends.argo.emit.templates import RUN_ID
from pipeglot_backends.argo.names import DEFINITION, PIPELINE
from pipeglot_backends.argo.remote.api import Manifest, listed
from pipeglot_backends.argo.remote.connection import connected
from pipeglot_backends.remote.protocol import Access, EngineRun
from pipeglot_backends.remote.responses import NotFound, rows, table
from pipeglot_backends.remote.sdk import moment, rejected
from pipeglot_expression.runtime.identity import derived_run_id, is_uuid
from pipeglot_expression.values import WireFault, parse_typed

SCHEDULED = "workflows.argoproj.io/scheduled-time"


def list_runs(pipeline: Pipeline, access: Access, limit: int) -> Iterator[EngineRun]:
    """The newest `limit` of them, the newest first."""
    with connected(access) as api:
        try:
            there = list(listed(api, "workflows", f"{PIPELINE}={pipeline.name}"))
        except NotFound:
            raise rejected("PG522", f"{api.where} knows no workflows: no Argo is installed there") from None
        where = {"namespace": api.namespace, "url": api.where}
    there.sort(key=lambda workflow: str(workflow["metadata"]["creationTimestamp"]), reverse=True)
    for workflow in islice(there, limit):
        metadata, status = workflow["metadata"], workflow.get("status", {})
        yield EngineRun(
            native={"workflow": metadata["name"], **where},
            run=_run(workflow),
            params=params_of(pipeline, workflow),
            began=moment(status.get("startedAt") or metadata["creationTimestamp"]),
            ended=moment(status.get("finishedAt")),
            definition=definition_of(workflow),
        )


def _run(workflow: Manifest) -> uuid.UUID:
    """As its sidecars know it: the id that `submit` gave, else the one that follows from Argo's own."""
    given, metadata = arguments_of(workflow).get(RUN_ID, ""), workflow["metadata"]
    if is_uuid(given):
        return uuid.UUID(given)
    return uuid.UUID(derived_run_id("", given or metadata["uid"], metadata.get("annotations", {}).get(SCHEDULED, "")))


def definition_of(workflow: Manifest) -> str | None:
    found = workflow["metadata"].get("annotations", {}).get(DEFINITION)
    return str(found) if found else None


def params_of(pipeline: Pipeline, workflow: Manifest) -> Mapping[str, Json]:
    texts = arguments_of(workflow)
    types = {param.name: param.type for param in pipeline.params if param.name in texts}
    return {name: _read(texts[name], type) for name, type in types.items()}


def _read(text: str, type: str) -> Json:
    """Whoever typed it may have typed what does not fit: the steps said so."""
    try:
        return cast(Json, parse_typed(text, type))
    except WireFault:
        return text


def arguments_of(workflow: Manifest) -> dict[str, str]:
    """What was given, over the defaults of the template as it was when the run began."""
    template = table(table(workflow, "status"), "storedWorkflowTemplateSpec")
    arguments = [each for spec in (template, workflow["spec"]) for each in rows(table(spec, "arguments"), "parameters")]
    return {str(each["name"]): str(each["value"]) for each in arguments if each.get("value") is not None}
