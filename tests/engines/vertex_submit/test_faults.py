"""What a submission meets when the way to Vertex AI is bad: never a second run, and a word for what cannot be done."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.engines.bad_ways import Answer, served
from tests.engines.faults import Fault, in_front_of
from tests.engines.vertex_submit.conftest import Submitted
from tests.engines.vertex_submit.server import Vertex

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.remote.protocol import RunState
from pipeglot_backends.vertex.remote import submit as target

JOBS, SCHEDULES = "/pipelineJobs", "/schedules"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", JOBS, 429, times=2),
        Fault("POST", JOBS, 503, times=2),
        Fault("POST", JOBS, 500, passed_on=True),
        Fault("POST", JOBS),
        Fault("POST", JOBS, passed_on=True),
        Fault("POST", JOBS, after=3.0),
        Fault("POST", JOBS, torn=True),
        Fault("GET", JOBS, 504, times=2),
        Fault("GET", JOBS, torn=True),
        Fault("GET", SCHEDULES, 502),
    ],
    ids=str,
)
def test_it_starts_one_run_in_spite_of(fault: Fault, submitted: Submitted, server: Vertex) -> None:
    run = uuid.uuid4()
    with in_front_of(urlsplit(server.url).netloc, [fault]) as front:
        handle = submitted.by(front.url).submit(run)
        assert front.count(fault.method, fault.path) > 1, "it was asked again"
    assert len(server.jobs) == 1
    again = submitted.submit(run)
    assert (again.known, again.native["job"]) == (True, handle.native["job"])


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("POST", JOBS, 401, times=99), r"PG521: .* does not accept who you are \(401\)"),
        (Fault("POST", JOBS, 403, times=99), r"PG521: .* does not let you start a run of `churn` \(403\)"),
        (Fault("POST", JOBS, 404, times=99), r"PG522: .* does not know `projects/acme-ml/locations/europe-west4`"),
        (Fault("POST", JOBS, 400, times=99), r"PG523: .* refuses to start a run of `churn` \(400\)"),
        (Fault("POST", JOBS, 429, times=99), r"PG524: .* cannot start a run of `churn` now \(429\)"),
        (Fault("POST", JOBS, 500, times=99), r"PG524: .* cannot start a run of `churn` now \(500\)"),
        (Fault("POST", JOBS, times=99), "PG520: nothing answers"),
        (Fault("GET", JOBS, torn=True, times=99), "PG520: nothing answers"),
        (Fault("GET", SCHEDULES, 503, times=99), r"PG524: .* cannot look for the schedule `churn` now \(503\)"),
    ],
    ids=str,
)
def test_it_says_what_is_wrong_with(fault: Fault, message: str, submitted: Submitted, server: Vertex) -> None:
    with in_front_of(urlsplit(server.url).netloc, [fault]) as front:
        with pytest.raises(SpecRejected, match=message):
            submitted.by(front.url).submit()
        assert front.count(fault.method, fault.path) <= 12, "it gave up"
    assert not server.jobs


def test_it_takes_a_run_that_another_began_in_between(submitted: Submitted, server: Vertex) -> None:
    run = uuid.uuid4()
    submitted.submit(run)
    with in_front_of(urlsplit(server.url).netloc, [Fault("GET", JOBS, 404)]) as front:
        assert submitted.by(front.url).submit(run).known
    assert len(server.jobs) == 1


def test_it_says_that_nobody_is_there(submitted: Submitted) -> None:
    with pytest.raises(SpecRejected, match=r"PG520: nothing answers at http://127\.0\.0\.1:1"):
        submitted.by("http://127.0.0.1:1").submit()


def test_it_takes_a_new_token_when_the_old_one_expired(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    server.token = "second"
    assert target.status(handle, submitted.access).state is RunState.WAITING


def test_it_says_that_no_token_is_given_any_more(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    server.gives = False
    with pytest.raises(SpecRejected, match="PG521: Google gives no token for "):
        target.status(handle, submitted.access)


def test_it_takes_no_credentials_elsewhere(submitted: Submitted, server: Vertex) -> None:
    """Who gives tokens is asked with what proves who we are."""
    handle = submitted.submit()
    asked: list[str] = []
    place = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
    told = json.loads(Path(place).read_text("utf-8"))
    with served(Answer(200), asked) as other:
        to = {"Location": f"http://localhost:{other}/token"}
        with served(Answer(307, b"", to)) as port:
            Path(place).write_text(json.dumps({**told, "token_url": f"http://127.0.0.1:{port}/token"}))
            with pytest.raises(SpecRejected, match="PG521: Google gives no token for "):
                target.status(handle, submitted.access)
    assert asked == []


def test_it_says_that_nobody_told_who_one_is(submitted: Submitted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
    with pytest.raises(SpecRejected, match=r"PG521: who you are on Google Cloud, nothing says: .*nowhere\.json"):
        submitted.submit()


def test_it_cancels_by_a_bad_way(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    faults = [Fault("GET", JOBS, 503), Fault("POST", ":cancel", torn=True)]
    with in_front_of(urlsplit(server.url).netloc, faults) as front:
        target.cancel(handle, submitted.by(front.url).access)
    assert server.count("CancelPipelineJob") >= 1


def test_it_minds_no_run_that_ends_while_it_is_cancelled(submitted: Submitted, server: Vertex) -> None:
    handle = submitted.submit()
    (job,) = server.jobs.values()
    cancel = server.cancel_pipeline_job

    def ended(*asked: object) -> object:
        job["state"] = "PIPELINE_STATE_SUCCEEDED"
        return cancel(*asked)  # type: ignore[arg-type]

    server.cancel_pipeline_job = ended  # type: ignore[method-assign, assignment]
    target.cancel(handle, submitted.access)
    assert target.status(handle, submitted.access).state is RunState.SUCCEEDED


def test_it_names_the_project_by_its_own_variable(submitted: Submitted, server: Vertex) -> None:
    environ = {**submitted.access.environ, "GOOGLE_CLOUD_PROJECT": "other", "GOOGLE_CLOUD_REGION": "us-central1"}
    settings = {"bucket": "acme-ml"}
    handle = replace(submitted, access=replace(submitted.access, settings=settings, environ=environ)).submit()
    assert handle.native["job"].startswith("projects/other/locations/us-central1/pipelineJobs/churn-")
    assert handle.native["artifacts"] == "gs://acme-ml"
