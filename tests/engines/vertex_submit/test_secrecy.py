"""What Vertex AI is sent holds a sensitive value among the parameters of the job, and nothing that is kept has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.vertex_submit.server import Vertex
from tests.secrecy.canary import PARAMS, QUOTING, RUN, leaks, pipeglot, seen_in, sent, written_there
from tests.secrecy.requests import carried

from pipeglot_backends.vertex.remote.connection import ENDPOINT


@pytest.mark.parametrize("message", ["", QUOTING])
def test_one_field_carries_it_and_nothing_keeps_it(
    message: str, server: Vertex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {ENDPOINT: f"{server.url}/", "STORAGE_EMULATOR_HOST": server.url}.items():
        monkeypatch.setenv(name, value)
    written_there(tmp_path, "vertex: {project: acme-ml, region: europe-west4, bucket: 'gs://acme-ml/runs'}")

    def ended() -> None:
        (job,) = server.jobs.values()
        task: dict[str, object] = {"taskId": "2", "parentTaskId": "1", "taskName": "tell", "state": "FAILED"}
        task["executorDetail"] = {"containerDetail": {"mainJob": "projects/1/locations/l/customJobs/77"}}
        error = {"error": {"code": 13, "message": message}}
        details = {"jobDetail": {"taskDetails": [{**task, **error}]}, **error}
        job |= {"state": "PIPELINE_STATE_FAILED", **details} if message else {}

    told = sent("vertex", ended)
    assert carried(server.requests) == {f"POST runtimeConfig.parameterValues.{name}" for name in PARAMS}
    pointed = pipeglot("logs", RUN, "tell")
    assert (pointed.code, b"https://console.cloud.google.com/logs/" in pointed.said) == (4, bool(message))
    assert not [found for done in told if (found := seen_in(done.said))]
    assert not leaks(tmp_path, "given.json")
