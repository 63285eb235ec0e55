"""What Google's client makes of each bad way to Vertex AI; who gives tokens is well."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engines.bad_ways import WAYS
from tests.engines.submitting import DOCUMENT, SPEC
from tests.engines.told import Engine, check
from tests.engines.vertex_submit.server import Vertex

from pipeglot.ir import Pipeline
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.vertex.remote import listing, submit
from pipeglot_backends.vertex.remote.connection import ENDPOINT

SETTINGS = {"project": "acme-ml", "region": "europe-west4", "bucket": "gs://acme-ml/runs"}
GONE = b'{"error": {"code": 404, "status": "NOT_FOUND", "message": "the project acme-ml is not there"}}'
NATIVE = {"job": "projects/1/locations/europe-west4/pipelineJobs/churn-1", "url": "URL", "artifacts": "gs://acme-ml/r"}


@pytest.mark.parametrize("way", WAYS)
def test_each_command_says_what_is_wrong(
    way: str, server: Vertex, loaded: Callable[[str], Pipeline], tmp_path: Path
) -> None:
    files = [EmittedFile("pipeline.json", json.dumps(DOCUMENT))]
    engine = Engine(
        "vertex", submit, listing, loaded(SPEC), files, NATIVE,
        lambda url: {ENDPOINT: url, "STORAGE_EMULATOR_HOST": server.url, "NO_PROXY": "127.0.0.1"}, GONE, SETTINGS,
    )  # fmt: skip
    check(engine, way, tmp_path)
