"""What `submit` asks of Vertex AI: nothing twice, and all of it as the service's own definition says."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from tests.engines.submitting import DOCUMENT
from tests.engines.vertex_submit.conftest import Submitted
from tests.engines.vertex_submit.server import NUMBER, Vertex

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import RunState
from pipeglot_backends.vertex.remote import submit as target
from pipeglot_backends.vertex.remote.step_logs import read_logs

PARENT = f"projects/{NUMBER}/locations/europe-west4"


def only(server: Vertex) -> dict[str, object]:
    (job,) = server.jobs.values()
    return job


def test_it_starts_a_run_once(submitted: Submitted, server: Vertex) -> None:
    run = uuid.uuid4()
    first, second = submitted.submit(run), submitted.submit(run)
    assert (first.known, second.known, first.native) == (False, True, second.native)
    assert list(server.jobs) == [f"{PARENT}/pipelineJobs/churn-{run}"]
    assert server.count("CreatePipelineJob") == 1


def test_it_sends_the_definition_and_the_profile(submitted: Submitted, server: Vertex) -> None:
    network = "projects/1/global/networks/n"
    run = uuid.uuid4()
    submitted.by(service_account="me@acme.iam.gserviceaccount.com", network=network).submit(run)
    job = only(server)
    assert job["pipelineSpec"] == DOCUMENT
    assert (job["displayName"], job["labels"]) == (f"churn {run}", {"pipeglot-run": str(run)})
    assert (job["serviceAccount"], job["network"]) == ("me@acme.iam.gserviceaccount.com", network)
    assert isinstance(job["runtimeConfig"], dict)
    assert job["runtimeConfig"]["gcsOutputDirectory"] == "gs://acme-ml/runs"
    assert job["runtimeConfig"]["failurePolicy"] == 1, "independent branches go on"


def test_it_fails_fast_where_that_was_asked_for(submitted: Submitted, server: Vertex) -> None:
    replace(submitted, pipeline=replace(submitted.pipeline, fail_fast=True)).submit()
    job = only(server)
    assert isinstance(job["runtimeConfig"], dict)
    assert job["runtimeConfig"]["failurePolicy"] == 2


def test_it_hands_parameters_down_as_they_arrive_unchanged(submitted: Submitted, server: Vertex) -> None:
    run = uuid.uuid4()
    submitted.submit(run, text="{{=2*3}} 😀", rows=9, tags=["{{x}} 😀", {"a": True}], secret="hush")
    job = only(server)
    assert isinstance(job["runtimeConfig"], dict)
    assert job["runtimeConfig"]["parameterValues"] == {
        "text": '"\\u007b\\u007b=2*3\\u007d\\u007d \\ud83d\\ude00"',
        "rows": 9,
        "tags": ['"\\u007b\\u007bx\\u007d\\u007d \\ud83d\\ude00"', {'"a"': True}],
        "secret": '"hush"',
        "pipeglot-run-id": str(run),
    }


def test_it_uploads_a_sidecar_that_lies_beside_the_definition(submitted: Submitted, server: Vertex) -> None:
    sidecar = EmittedFile("pipeglot-0f1e.py", "print('é')\n")
    pipeline = replace(submitted.pipeline, artifacts="gs://acme-ml/kept/")
    beside = replace(submitted, pipeline=pipeline, files=(*submitted.files, sidecar))
    beside.submit()
    assert server.objects == {"acme-ml/kept/pipeglot-0f1e.py": "print('é')\n".encode()}
    server.objects["acme-ml/kept/pipeglot-0f1e.py"] = b"there already"
    beside.submit()
    assert server.objects == {"acme-ml/kept/pipeglot-0f1e.py": b"there already"}


def test_it_says_that_there_is_no_bucket_for_the_sidecar(submitted: Submitted) -> None:
    sidecar = EmittedFile("pipeglot-0f1e.py", "print('é')\n")
    pipeline = replace(submitted.pipeline, artifacts="gs://nowhere/kept")
    beside = replace(submitted, pipeline=pipeline, files=(*submitted.files, sidecar))
    with pytest.raises(
        SpecRejected, match=r"PG526: `gs://nowhere/kept/pipeglot-0f1e\.py` cannot be written: .*no such"
    ):
        beside.submit()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"region": None}, "PG520: the region of Vertex AI is not named"),
        ({"project": None}, "PG520: the project on Google Cloud is not named"),
        ({"bucket": "s3://b"}, "PG430: `vertex.bucket` is `s3://b`, and it is a bucket, or a place in one"),
        ({"buckets": "x"}, "PG430: `vertex` has no setting `buckets`"),
    ],
    ids=str,
)
def test_it_says_what_is_missing(settings: dict[str, Any], message: str, submitted: Submitted) -> None:
    with pytest.raises(SpecRejected, match=message):
        submitted.by(**settings).submit()


def test_it_needs_a_bucket(submitted: Submitted) -> None:
    settings = {name: value for name, value in submitted.access.settings.items() if name != "bucket"}
    without = replace(submitted, access=replace(submitted.access, settings=settings))
    with pytest.raises(SpecRejected, match="PG526: no place for the artifacts is named, and Vertex AI needs one"):
        without.submit()


def test_it_says_how_a_run_goes(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    assert target.status(handle, submitted.access).state is RunState.WAITING
    job = only(server)
    job["state"] = "PIPELINE_STATE_RUNNING"
    tasks = [
        {"taskId": "1", "taskName": "churn", "state": "RUNNING", "startTime": "2026-01-01T00:00:01Z"},
        {"taskId": "4", "parentTaskId": "1", "taskName": "c", "state": "PENDING"},
        {"taskId": "3", "parentTaskId": "1", "taskName": "b", "state": "RUNNING", "startTime": "2026-01-01T00:00:03Z"},
        {
            "taskId": "2",
            "parentTaskId": "1",
            "taskName": "a",
            "state": "SUCCEEDED",
            "startTime": "2026-01-01T00:00:02Z",
        },
    ]
    job["jobDetail"] = {"taskDetails": tasks}
    progress = target.status(handle, submitted.access)
    assert progress.state is RunState.RUNNING
    assert progress.tasks == (("a", "SUCCEEDED"), ("b", "RUNNING"), ("c", "PENDING"))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("QUEUED", RunState.WAITING),
        ("CANCELLING", RunState.RUNNING),
        ("SUCCEEDED", RunState.SUCCEEDED),
        ("FAILED", RunState.FAILED),
        ("CANCELLED", RunState.CANCELLED),
    ],
)
def test_it_reads_the_end(state: str, word: RunState, submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    only(server)["state"] = f"PIPELINE_STATE_{state}"
    assert target.status(handle, submitted.access).state is word


def test_it_cancels_once(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    target.cancel(handle, submitted.access)
    assert only(server)["state"] == "PIPELINE_STATE_CANCELLING"
    only(server)["state"] = "PIPELINE_STATE_CANCELLED"
    target.cancel(handle, submitted.access)
    assert server.count("CancelPipelineJob") == 1


def test_it_says_that_a_run_was_deleted(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    server.jobs.clear()
    assert target.status(handle, submitted.access).state is RunState.GONE
    with pytest.raises(SpecRejected, match=r"PG522: .* has no job .* any more"):
        target.cancel(handle, submitted.access)


def test_it_tells_the_way_to_the_logs(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    only(server)["createTime"] = "2026-11-01T12:00:00Z"
    detail = {"containerDetail": {"mainJob": "projects/1/locations/l/customJobs/42"}}
    only(server)["jobDetail"] = {"taskDetails": [{"taskName": "a", "executorDetail": detail}]}
    found = read_logs(handle, "a", submitted.access)
    assert found.command == (
        """gcloud logging read 'resource.type="ml_job" resource.labels.job_id=("42") """
        """timestamp>="2026-11-01T12:00:00Z"' --order=asc '--format=value(textPayload,jsonPayload.message)' """
        f"--project={handle.native['job'].split('/')[1]}"
    )
    assert (found.where or "").startswith("https://console.cloud.google.com/logs/query;query=resource.type")
    assert read_logs(handle, "b", submitted.access).command is None


def put(server: Vertex, job: str, folder: str = f"runs/{NUMBER}") -> None:
    """As Vertex AI does: the project's number, the job, task and its number, the artifact."""
    identity = job.rpartition("/")[2]
    for key, text in {
        f"{folder}/{identity}/a_12/pipeglot-record/a.1.jsonl": "first",
        f"{folder}/{identity}/b_34/pipeglot-record/b.1.jsonl": "second",
        f"{folder}/{identity}/b_34/model/m.pkl": "no record",
        f"{folder}/churn-{uuid.uuid4()}/a_12/pipeglot-record/a.1.jsonl": "of another run",
    }.items():
        server.objects[f"acme-ml/{key}"] = text.encode()


def test_it_brings_every_record(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    put(server, handle.native["job"])
    only(server)["state"] = "PIPELINE_STATE_SUCCEEDED"
    collected = target.collect(handle, submitted.access)
    assert (collected.state, sorted(log.read_text() for log in collected.logs)) == (
        RunState.SUCCEEDED,
        ["first", "second"],
    )


def test_it_brings_records_from_where_the_tasks_say_they_are(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    put(server, handle.native["job"], "elsewhere")
    identity = handle.native["job"].rpartition("/")[2]
    uri = f"gs://acme-ml/elsewhere/{identity}/a_12/pipeglot-record"
    outputs = {"pipeglot-record": {"artifacts": [{"uri": uri}]}}
    only(server)["jobDetail"] = {"taskDetails": [{"taskName": "a", "outputs": outputs}]}
    assert [log.read_text() for log in target.collect(handle, submitted.access).logs] == ["first"]


def test_it_says_that_there_is_no_record(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    assert target.collect(handle, submitted.access).logs == ()
    only(server)["state"] = "PIPELINE_STATE_SUCCEEDED"
    with pytest.raises(
        SpecRejected, match="PG527: the run succeeded, and none of its records are at `gs://acme-ml/runs"
    ):
        target.collect(handle, submitted.access)


def test_it_says_that_the_store_refuses(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    server.barred = True
    with pytest.raises(SpecRejected, match=r"PG526: the records cannot be read from `gs://acme-ml/runs.*: .*not yours"):
        target.collect(handle, submitted.access)
