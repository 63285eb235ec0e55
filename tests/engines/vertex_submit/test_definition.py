"""What the recording server holds requests to: Vertex AI's own services, and nothing else."""

from __future__ import annotations

import pytest
from tests.engines.vertex_submit.definition import OPERATIONS, faults, operation

JOBS = "/v1/projects/p/locations/l/pipelineJobs"


def test_it_knows_both_services() -> None:
    assert len(OPERATIONS) >= 15
    found = operation("POST", f"{JOBS}/a:cancel")
    assert found is not None
    assert (found[0].name, found[1]) == ("CancelPipelineJob", {"name": "projects/p/locations/l/pipelineJobs/a"})
    assert operation("PUT", JOBS) is None
    assert operation("POST", "/v1/projects/p/pipelineJobs") is None


@pytest.mark.parametrize(
    ("target", "body", "fault"),
    [
        (JOBS, {"display_names": "x"}, 'no field named "display_names"'),
        (JOBS, {"displayName": 1}, "displayName"),
        (JOBS, {"runtimeConfig": {"failurePolicy": "NEVER"}}, "failurePolicy"),
        (JOBS, {"labels": []}, "labels"),
        (f"{JOBS}?jobId=x", {}, "no parameter jobId"),
    ],
)
def test_it_finds_what_is_wrong(target: str, body: object, fault: str) -> None:
    found = operation("POST", target)
    assert found is not None
    assert faults(found[0], f"{JOBS}?pipelineJobId=x&$alt=json;enum-encoding=int", {"displayName": "x"}) == []
    (wrong,) = faults(found[0], target, body)
    assert fault in wrong
