"""What a run on Vertex AI is, in its JSON form."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pipeglot.ir import Json, Pipeline
from pipeglot_backends.features.labels import of_google_cloud
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.sdk import rejected
from pipeglot_backends.vertex.settings import Settings

LABEL = "pipeglot-run"
LONGEST = 128
"""Characters in an id of Vertex AI."""


def job_id(pipeline: str, run: uuid.UUID) -> str:
    """Vertex AI makes one job of an id, and says of every other request that it is there already."""
    return f"{pipeline[: LONGEST - 37]}-{run}"


def job(
    pipeline: Pipeline, files: Sequence[EmittedFile], given: Mapping[str, Json], settings: Settings, name: str
) -> dict[str, Any]:
    """A PipelineJob, with the pipeline's labels. Of `fail_fast` Vertex AI is told here: its default may change."""
    spec = next(file.text for file in files if file.path == "pipeline.json")
    policy = "FAST" if pipeline.fail_fast else "SLOW"
    body: dict[str, Any] = {
        "displayName": name[:LONGEST],
        "pipelineSpec": json.loads(spec),
        "runtimeConfig": {
            "gcsOutputDirectory": root(pipeline, settings),
            "parameterValues": dict(given),
            "failurePolicy": f"PIPELINE_FAILURE_POLICY_FAIL_{policy}",
        },
    }
    if kept := of_google_cloud(pipeline):
        body["labels"] = kept
    named = {"serviceAccount": settings.service_account, "network": settings.network}
    return {**body, **{each: value for each, value in named.items() if value}}


def root(pipeline: Pipeline, settings: Settings) -> str:
    found = settings.root(pipeline.artifacts)
    if found is None or not found.startswith("gs://"):
        said = f"`{found}` is no place on Cloud Storage" if found else "no place for the artifacts is named"
        raise rejected("PG526", f"{said}, and Vertex AI needs one", "set `vertex: {bucket: gs://…}` in the profile")
    return found.rstrip("/")
