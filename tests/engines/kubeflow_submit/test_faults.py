"""What a submission meets when the way to Kubeflow is bad: never a second run, and a word for what cannot be done."""

from __future__ import annotations

import uuid
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from tests.engines.answering import Refusal
from tests.engines.faults import Fault, in_front_of
from tests.engines.kubeflow_submit.conftest import Submitted
from tests.engines.kubeflow_submit.server import Kubeflow

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.kubeflow.remote import submit as target
from pipeglot_backends.remote.protocol import RunState

RUNS, VERSIONS, PIPELINES, EXPERIMENTS = "/v2beta1/runs", "/upload_version", "/v2beta1/pipelines", "/experiments"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", RUNS, 429, times=2),
        Fault("POST", RUNS, 503, times=2),
        Fault("POST", RUNS, 500),
        Fault("POST", RUNS, 500, passed_on=True),
        Fault("POST", RUNS),
        Fault("POST", RUNS, passed_on=True),
        Fault("POST", RUNS, after=3.0),
        Fault("POST", RUNS, torn=True),
        Fault("POST", VERSIONS, torn=True),
        Fault("POST", VERSIONS, 500, passed_on=True),
        Fault("POST", VERSIONS, after=3.0),
        Fault("POST", PIPELINES, passed_on=True),
        Fault("POST", EXPERIMENTS, torn=True),
        Fault("GET", RUNS, 504, times=2),
        Fault("GET", RUNS, torn=True),
        Fault("GET", EXPERIMENTS, 502),
    ],
    ids=str,
)
def test_it_starts_one_run_in_spite_of(fault: Fault, submitted: Submitted, server: Kubeflow) -> None:
    run = uuid.uuid4()
    with in_front_of(urlsplit(server.url).netloc, [fault]) as front:
        handle = submitted.by(front.url).submit(run)
    assert list(server.runs) == [handle.native["run"]] == [str(run)]
    assert server.count("run_service_create_run") == 1, "one request got there"
    assert (len(server.versions), len(server.pipelines), len(server.experiments)) == (1, 1, 1)
    assert submitted.submit(run).known


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("POST", RUNS, 401, times=99), r"PG521: .* does not accept who you are \(401\): as told"),
        (Fault("POST", RUNS, 403, times=99), r"PG521: .* does not let you start a run of `churn` \(403\)"),
        (Fault("GET", RUNS, 302, times=99), r"PG521: .* sends you elsewhere to sign in \(302\)"),
        (Fault("POST", RUNS, 404, times=99), r"PG522: .* does not know what it is to start any more"),
        (Fault("POST", VERSIONS, 404, times=99), r"PG522: .* cannot upload the version .* not there any more"),
        (Fault("POST", RUNS, 409, times=99), r"PG524: .* says that the run `churn .*` is there, and does not show it"),
        (Fault("POST", VERSIONS, 409, times=99), r"PG523: .* says that it is there already, and does not list it"),
        (Fault("POST", RUNS, 400, times=99), r"PG523: .* refuses to start a run of `churn` \(400\): as told"),
        (Fault("POST", RUNS, 429, times=99), r"PG524: .* cannot start a run of `churn` now \(429\): as told"),
        (Fault("POST", RUNS, 500, times=99), r"PG524: .* cannot start a run of `churn` now \(500\)"),
        (Fault("POST", RUNS, times=99), "PG520: nothing answers"),
        (Fault("GET", RUNS, torn=True, times=99), "PG520: nothing answers"),
        (Fault("GET", EXPERIMENTS, 503, times=99), r"PG524: .* cannot look for the experiment `Default` now \(503\)"),
    ],
    ids=str,
)
def test_it_says_what_is_wrong_with(fault: Fault, message: str, submitted: Submitted, server: Kubeflow) -> None:
    with in_front_of(urlsplit(server.url).netloc, [fault]) as front:
        with pytest.raises(SpecRejected, match=message):
            submitted.by(front.url).submit()
        assert front.count(fault.method, fault.path) <= 40, "it gave up"
    assert not server.runs


def test_it_says_that_nobody_is_there(submitted: Submitted) -> None:
    with pytest.raises(SpecRejected, match=r"PG520: nothing answers at http://127\.0\.0\.1:1: .*refused"):
        submitted.by("http://127.0.0.1:1").submit()


def test_it_says_that_a_page_answers(submitted: Submitted, server: Kubeflow) -> None:
    """A proxy in front of Kubeflow answers with 200 and a form to sign in."""
    server.run_service_get_run = lambda *_: "<html>"  # type: ignore[method-assign]
    with pytest.raises(SpecRejected, match=r"PG521: .* answers with a page"):
        submitted.submit()
    assert server.faults.pop().endswith("'<html>' is no V2beta1Run")


def test_it_says_that_nobody_told_where(submitted: Submitted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    with pytest.raises(SpecRejected, match="PG520: where Kubeflow Pipelines is, nobody says"):
        replace(submitted, access=replace(submitted.access, settings={})).submit()


def test_it_says_that_there_is_no_token(submitted: Submitted) -> None:
    with pytest.raises(SpecRejected, match="PG521: KF_PIPELINES_SA_TOKEN_PATH names `/nowhere`"):
        submitted.by(environ={"KF_PIPELINES_SA_TOKEN_PATH": "/nowhere"}).submit()


def test_it_notices_a_token_that_expired(submitted: Submitted, server: Kubeflow) -> None:
    handle = submitted.submit()
    server.tokens.clear()
    with pytest.raises(SpecRejected, match=r"PG521: .*\(401\): Request header error") as rejected:
        target.status(handle, submitted.access)
    assert rejected.value.diagnostics[0].hint == (
        "set KF_PIPELINES_SA_TOKEN_PATH to the path of a token, or KFP_EXISTING_TOKEN"
    )


def test_it_follows_a_run_by_a_bad_way(submitted: Submitted, server: Kubeflow) -> None:
    handle = submitted.submit()
    faults = [
        Fault("GET", RUNS, times=1),
        Fault("GET", RUNS, 503, times=2),
        Fault("POST", ":terminate", 502, passed_on=True),
    ]
    with in_front_of(urlsplit(server.url).netloc, faults) as front:
        way = submitted.by(front.url).access
        assert target.status(handle, way).state is RunState.WAITING
        target.cancel(handle, way)
    assert server.runs[handle.native["run"]]["state"] == "CANCELING"


def test_it_minds_no_run_that_ends_while_it_is_cancelled(submitted: Submitted, server: Kubeflow) -> None:
    handle = submitted.submit()
    run = server.runs[handle.native["run"]]
    terminate = server.run_service_terminate_run

    def ended(*asked: object) -> object:
        run["state"] = "SUCCEEDED"
        return terminate(*asked)

    server.run_service_terminate_run = ended  # type: ignore[method-assign, assignment]
    target.cancel(handle, submitted.access)
    assert target.status(handle, submitted.access).state is RunState.SUCCEEDED


def test_it_says_that_a_run_went_while_it_was_cancelled(submitted: Submitted, server: Kubeflow) -> None:
    handle = submitted.submit()

    def went(*_: object) -> object:
        server.runs.clear()
        raise Refusal(400, "Failed to terminate a run. Row not found")

    server.run_service_terminate_run = went  # type: ignore[method-assign, assignment]
    with pytest.raises(SpecRejected, match=r"PG522: .* has no run .* any more"):
        target.cancel(handle, submitted.access)
