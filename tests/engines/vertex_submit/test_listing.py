"""Runs that nobody submitted, found on Vertex AI."""

from __future__ import annotations

import uuid

import pytest
from tests.engines.vertex_submit.conftest import Submitted
from tests.engines.vertex_submit.server import Vertex
from tests.engines.vertex_submit.test_submit import PARENT

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.remote.protocol import EngineRun, Handle
from pipeglot_backends.vertex.remote import submit as target
from pipeglot_backends.vertex.remote.listing import list_runs


def begin(server: Vertex, like: Handle, at: str, **about: object) -> str:
    """A job that no `submit` made, of the same definition."""
    (first,) = (job for name, job in server.jobs.items() if name.endswith(str(like.run)))
    name = f"{PARENT}/pipelineJobs/churn-{len(server.jobs)}"
    kept = {key: first[key] for key in ("pipelineSpec", "runtimeConfig", "displayName")}
    server.jobs[name] = {**kept, "name": name, "state": "PIPELINE_STATE_RUNNING", "createTime": at, **about}
    return name


def listed(submitted: Submitted, limit: int = 10) -> list[EngineRun]:
    return list(list_runs(submitted.pipeline, submitted.access, limit))


def test_it_lists_the_newest_first(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit(rows=9, text="{{=2}}")
    given = {"gcsOutputDirectory": "gs://elsewhere/", "parameterValues": {"rows": 4, "tags": [1.5]}}
    times = {"startTime": "2026-11-29T01:00:01.123456789Z", "endTime": "2026-11-29T01:00:09Z"}
    later = begin(server, handle, "2026-11-29T01:00:00Z", runtimeConfig=given, **times)
    first, second = listed(submitted)
    assert (first.native["job"], first.run, first.params) == (later, None, {"rows": 4, "tags": [1.5]})
    assert first.native["artifacts"] == "gs://elsewhere"
    assert [str(first.began), str(first.ended)] == ["2026-11-29 01:00:01.123456+00:00", "2026-11-29 01:00:09+00:00"]
    assert (second.run, second.params["rows"], second.params["text"]) == (handle.run, 9, "{{=2}}")
    assert (second.native["artifacts"], second.ended) == (handle.native["artifacts"], None)


def test_it_lists_the_runs_of_this_pipeline_alone(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    begin(server, handle, "2026-11-29T01:00:00Z", pipelineSpec={"pipelineInfo": {"name": "churning"}})
    assert [each.run for each in listed(submitted)] == [handle.run]


def test_it_asks_for_no_more_than_are_wanted(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    for hour in range(4):
        begin(server, handle, f"2026-11-29T0{hour}:00:00Z")
    assert [str(each.began)[11:13] for each in listed(submitted, 2)] == ["03", "02"]
    assert server.count("ListPipelineJobs") == 2, "a page holds one"


def test_what_it_lists_can_be_collected(submitted: Submitted, server: Vertex) -> None:
    name = begin(server, submitted.submit(), "2026-11-29T01:00:00Z")
    key = f"acme-ml/runs/314159/{name.rpartition('/')[2]}/a_12/pipeglot-record/a.1.jsonl"
    server.objects[key] = b"a record"
    found = listed(submitted)[0]
    collected = target.collect(Handle(uuid.uuid4(), found.native), submitted.access)
    assert [log.read_text() for log in collected.logs] == ["a record"]


def test_it_says_that_it_may_not(submitted: Submitted, server: Vertex) -> None:
    server.token = "another"
    server.gives = False
    with pytest.raises(SpecRejected, match="PG521: "):
        listed(submitted)
