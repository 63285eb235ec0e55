"""What the recording server holds requests to: it knows the whole of Kubeflow's API, and lets nothing else through."""

from __future__ import annotations

import pytest
from tests.engines.kubeflow_submit.definition import OPERATIONS, faults, misfits, operation

RUNS = "/apis/v2beta1/runs"
RUN = {"display_name": "x", "pipeline_version_reference": {"pipeline_id": "p"}, "runtime_config": {"parameters": {}}}


def test_it_knows_every_operation() -> None:
    assert len(OPERATIONS) >= 40
    assert {each.method for each in OPERATIONS} >= {"GET", "POST", "DELETE"}
    created = operation("POST", RUNS)
    assert created is not None
    assert (created.name, created.body, created.answer) == ("run_service_create_run", "V2beta1Run", "V2beta1Run")
    terminated = operation("POST", f"{RUNS}/abc:terminate")
    assert terminated is not None
    assert terminated.name == "run_service_terminate_run"
    assert operation("PUT", RUNS) is None
    assert operation("GET", "/apis/v1beta1/runs") is None


@pytest.mark.parametrize(
    ("target", "body", "fault"),
    [
        (RUNS, {**RUN, "displayName": "x"}, "V2beta1Run has no displayName"),
        (RUNS, {**RUN, "display_name": 1}, "1 is no str"),
        (RUNS, {**RUN, "pipeline_version_reference": {"version": "x"}}, "has no version"),
        (RUNS, {**RUN, "runtime_config": {"parameters": []}}, "is no object"),
        (RUNS, {**RUN, "state": "DONE"}, "'DONE' is none of"),
        (RUNS, {**RUN, "created_at": "yesterday"}, "is no moment"),
        (RUNS, {**RUN, "created_at": "2026-01-01T00:00:00"}, "says no zone"),
        (RUNS, {**RUN, "state_history": {}}, "is no list"),
        (f"{RUNS}?experiment=1", RUN, "no parameter experiment"),
    ],
)
def test_it_finds_what_is_wrong(target: str, body: object, fault: str) -> None:
    asked = operation("POST", target)
    assert asked is not None
    assert faults(asked, RUNS, RUN) == []
    (found,) = faults(asked, target, body)
    assert fault in found


def test_it_holds_answers_to_it_too() -> None:
    assert misfits({"runs": [{"run_id": "x", "error": {"code": 3}}]}, "V2beta1ListRunsResponse", "answer") == []
    assert misfits({"runs": [{"id": "x"}]}, "V2beta1ListRunsResponse", "answer") == [
        "answer.runs[0]: V2beta1Run has no id"
    ]
