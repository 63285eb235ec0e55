"""Records out of the object stores in which Kubeflow keeps its artifacts."""

from __future__ import annotations

import base64
import json
import uuid
import zlib
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer
from tests.engines.kubeflow_submit.conftest import Submitted
from tests.engines.kubeflow_submit.server import Kubeflow

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.kubeflow.remote import submit as target
from pipeglot_backends.kubeflow.remote.step_logs import read_logs
from pipeglot_backends.remote.log_records import without
from pipeglot_backends.remote.protocol import Handle, RunState

KEYS = {"AWS_ACCESS_KEY_ID": "minio", "AWS_SECRET_ACCESS_KEY": "minio123"}


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(store: str, request: pytest.FixtureRequest) -> Iterator[object]:
    session = boto3.session.Session(*KEYS.values(), region_name="us-east-1")
    client = session.client("s3", endpoint_url=store)
    client.create_bucket(Bucket="mlpipeline")
    yield client
    for each in client.list_objects_v2(Bucket="mlpipeline").get("Contents", ()):
        client.delete_object(Bucket="mlpipeline", Key=each["Key"])
    client.close()


def told(submitted: Submitted, store: str, **settings: str) -> Submitted:
    return submitted.by(environ={**submitted.access.environ, **KEYS, "AWS_ENDPOINT_URL": store}, **settings)


def put(bucket: object, handle: Handle, root: str = "v2/artifacts") -> None:
    """As driver and launcher do: pipeline, run, task, a salt, the artifact."""
    run = f"{root}/churn/{handle.native['run']}"
    for key, text in {
        f"{run}/a/1f0c/pipeglot-record/a.1.jsonl": "first",
        f"{run}/a/1f0c/pipeglot-record/a.2.jsonl": "second",
        f"{run}/b/77aa/pipeglot-record/a.1.jsonl": "other",
        f"{run}/b/77aa/model": "no record",
        f"{root}/churn/{uuid.uuid4()}/a/1f0c/pipeglot-record/a.1.jsonl": "of another run",
    }.items():
        bucket.put_object(Bucket="mlpipeline", Key=key, Body=text.encode())  # type: ignore[attr-defined]


def test_it_reads_the_record_of_a_failure_from_the_log(
    submitted: Submitted, server: Kubeflow, store: str, bucket: object
) -> None:
    way = told(submitted, store)
    handle = way.submit()
    piece = base64.b64encode(zlib.compress(b"of a failure")).decode()
    told_it = f"boom\npipeglot-record {'0' * 16} 1/1 {piece}\n"
    logs = {"a/1f0c/executor-logs": told_it, "b/77aa/executor-logs": "all went well\n"}
    logs |= {"c/1e03/executor-logs-0": told_it, "c/1e03/executor-logs-1": "all went well\n"}
    for place, text in logs.items():
        key = f"v2/artifacts/churn/{handle.native['run']}/{place}"
        bucket.put_object(Bucket="mlpipeline", Key=key, Body=text.encode())  # type: ignore[attr-defined]
    assert [log.read_text() for log in target.collect(handle, way.access).logs] == ["of a failure"] * 2


def test_it_reads_the_logs_of_a_step(submitted: Submitted, server: Kubeflow, store: str, bucket: object) -> None:
    way = told(submitted, store)
    handle = way.submit()

    def begun(second: int, step: str = "a", item: str | None = None) -> str:
        found = {"event": "start", "step": step, "item": item, "time": f"2026-11-30T12:00:{second:02}Z"}
        return json.dumps(found) + "\n"

    def line(text: str) -> str:
        packed = base64.b64encode(zlib.compress(text.encode())).decode()
        return f"pipeglot-record {'0' * 16} 1/1 {packed}\n"

    run = f"v2/artifacts/churn/{handle.native['run']}"
    for key, text in {
        "a/1f0c/executor-logs-1": "well\n",
        "a/1f0c/pipeglot-record/a.xyzt.jsonl": begun(20),
        "a/1f0c/executor-logs-0": "boom\n" + line(begun(10)),
        "a-items/77aa/executor-logs": "of an item\n",
        "a-items/77aa/pipeglot-record/a.3.abcd.jsonl": begun(30, item="3"),
        "b/77aa/executor-logs": "of another\n" + line(begun(5, "b")),
        "a/9c9c/executor-logs": "no record\n",
        "b/9c9c/executor-logs": "of another, without a record\n",
    }.items():
        bucket.put_object(Bucket="mlpipeline", Key=f"{run}/{key}", Body=text.encode())  # type: ignore[attr-defined]
    found = read_logs(handle, "a", way.access)
    assert [(each.item, each.number, without(each.text)) for each in found.logs] == [
        (None, 1, "boom\n"), (None, 2, "well\n"), ("3", 1, "of an item\n"), (None, 3, "no record\n"),
    ]  # fmt: skip
    assert (found.over, found.where) == (False, None)
    server.runs[handle.native["run"]]["state"] = "SUCCEEDED"
    nothing = read_logs(handle, "c", way.access)
    assert (nothing.logs, nothing.over) == ((), True)
    assert nothing.where == f"{server.url}/#/runs/details/{handle.native['run']}"
    with pytest.raises(SpecRejected) as refused:
        read_logs(handle, "a", submitted.access)
    assert nothing.where in str(refused.value.diagnostics[0].hint), "nobody says where the store is; the page is told"


@pytest.mark.parametrize("root", [None, "minio://mlpipeline/v2/artifacts", "s3://mlpipeline/deep/er/"])
def test_it_brings_every_record(
    root: str | None, submitted: Submitted, server: Kubeflow, store: str, bucket: object
) -> None:
    way = told(submitted, store, **({"pipeline_root": root} if root else {}))
    handle = way.submit()
    put(bucket, handle, (root or "x://x/v2/artifacts").split("/", 3)[3].rstrip("/"))
    server.runs[handle.native["run"]]["state"] = "SUCCEEDED"
    collected = target.collect(handle, way.access)
    assert collected.state is RunState.SUCCEEDED
    assert sorted(log.read_text() for log in collected.logs) == ["first", "other", "second"]
    assert {log.parent for log in collected.logs} == {way.access.folder / str(handle.run)}
    assert target.collect(handle, way.access) == collected


def test_it_finds_the_store_in_the_root_itself(
    submitted: Submitted, server: Kubeflow, store: str, bucket: object
) -> None:
    root = f"s3://mlpipeline/queried?endpoint={store.removeprefix('http://')}&disableSSL=true&region=us-east-1"
    way = submitted.by(environ={**submitted.access.environ, **KEYS}, pipeline_root=root)
    handle = way.submit()
    put(bucket, handle, "queried")
    assert len(target.collect(handle, way.access).logs) == 3


def test_it_keeps_the_record_of_a_run_that_was_deleted(
    submitted: Submitted, server: Kubeflow, store: str, bucket: object
) -> None:
    way = told(submitted, store)
    handle = way.submit()
    put(bucket, handle)
    server.runs.clear()
    collected = target.collect(handle, way.access)
    assert (collected.state, len(collected.logs)) == (RunState.GONE, 3)


def test_it_says_that_there_is_no_record(submitted: Submitted, server: Kubeflow, store: str, bucket: object) -> None:
    way = told(submitted, store)
    handle = way.submit()
    assert target.collect(handle, way.access).logs == ()
    server.runs[handle.native["run"]]["state"] = "SUCCEEDED"
    with pytest.raises(SpecRejected, match="PG527: the run succeeded, and none of its records are at `minio://"):
        target.collect(handle, way.access)


def test_it_says_that_nobody_told_where_the_store_is(submitted: Submitted) -> None:
    handle = submitted.submit()
    with pytest.raises(SpecRejected, match=r"PG526: .* nobody says where that store is") as rejected:
        target.collect(handle, submitted.access)
    assert "port-forward" in str(rejected.value.diagnostics[0].hint)


def test_it_says_that_the_store_does_not_answer(submitted: Submitted) -> None:
    way = told(submitted, "http://127.0.0.1:1")
    with pytest.raises(SpecRejected, match=r"PG526: the records cannot be read from `minio://.*127\.0\.0\.1:1"):
        target.collect(way.submit(), way.access)


def test_it_reads_no_other_kind_of_store(submitted: Submitted) -> None:
    with pytest.raises(SpecRejected, match=r"PG430: .* `abfs://b/root`, and it is a place in a store"):
        target.collect(submitted.submit(), submitted.by(pipeline_root="abfs://b/root").access)
