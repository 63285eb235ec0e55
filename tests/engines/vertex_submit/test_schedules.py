"""The schedule of a pipeline on Vertex AI: there once, as it is wanted, and gone with the pipeline's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from tests.engines.faults import Fault, in_front_of
from tests.engines.submitting import DOCUMENT, UNATTENDED
from tests.engines.vertex_submit.conftest import Submitted
from tests.engines.vertex_submit.server import Vertex

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.protocol import EmittedFile

Scheduled = Callable[[str], Submitted]


@pytest.fixture
def scheduled(submitted: Submitted, loaded: Callable[[str], Pipeline]) -> Scheduled:
    return lambda schedule: replace(submitted, pipeline=loaded(f"{UNATTENDED}schedule: {schedule}\n"))


def test_it_makes_one(scheduled: Scheduled, server: Vertex) -> None:
    weekly = scheduled(
        "{cron: '30 6 * * 1', timezone: Europe/Vienna, start: '2026-01-01T00:00:00Z', end: '2027-01-01T00:00:00Z', "
        "max_active: 2}"
    )
    weekly.submit()
    weekly.submit()
    (made,) = server.schedules.values()
    assert made["cron"] == "TZ=Europe/Vienna 30 6 * * 1"
    assert (made["startTime"], made["endTime"]) == ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
    assert (made["maxConcurrentRunCount"], made["maxConcurrentActiveRunCount"]) == ("2", "2")
    assert made["allowQueueing"] is True
    job = made["createPipelineJobRequest"]["pipelineJob"]
    assert job["pipelineSpec"] == DOCUMENT
    assert job["runtimeConfig"]["parameterValues"] == {"pipeglot-run-id": "schedule"}, (
        "no run's id, no run's parameters"
    )
    assert server.count("CreateSchedule") == 1


def test_one_that_skips_leaves_out_what_would_wait(scheduled: Scheduled, server: Vertex) -> None:
    scheduled("{cron: '0 6 * * 1', overlap: skip, max_active: 3}").submit()
    (made,) = server.schedules.values()
    # a message of Google's holds no field that is false
    assert (made["maxConcurrentRunCount"], made.get("allowQueueing", False)) == ("1", False)


def test_it_replaces_one_that_changed(scheduled: Scheduled, server: Vertex) -> None:
    said: list[str] = []
    scheduled("{cron: '0 6 * * 1'}").submit()
    later = scheduled("{cron: '0 7 * * 1'}")
    replace(later, access=replace(later.access, say=said.append)).submit()
    (left,) = server.schedules.values()
    assert left["cron"] == "TZ=UTC 0 7 * * 1"
    assert said == ["the schedule `churn` was replaced"]
    other = json.dumps({**DOCUMENT, "sdkVersion": "other"})
    replace(later, files=(EmittedFile("pipeline.json", other),)).submit()
    (newer,) = server.schedules.values()
    assert newer["createPipelineJobRequest"]["pipelineJob"]["pipelineSpec"]["sdkVersion"] == "other"


def test_it_removes_what_is_no_longer_wanted_and_leaves_what_others_made(
    scheduled: Scheduled, submitted: Submitted, server: Vertex
) -> None:
    scheduled("{cron: '0 6 * * 1'}").submit()
    ((name, ours),) = server.schedules.items()
    request = ours["createPipelineJobRequest"]
    theirs = {**request, "pipelineJob": {**request["pipelineJob"], "labels": {"made": "by-hand"}}}
    server.schedules[f"{name}1"] = {**ours, "name": f"{name}1", "createPipelineJobRequest": theirs}
    server.schedules[f"{name}2"] = {**ours, "name": f"{name}2"}
    scheduled("{cron: '0 6 * * 1'}").submit()
    assert list(server.schedules) == [name, f"{name}1"]
    submitted.submit()
    assert list(server.schedules) == [f"{name}1"]


def test_it_replaces_none_of_a_pipeline_that_came_from_elsewhere(scheduled: Scheduled, server: Vertex) -> None:
    def by(origin: str, cron: str, *, insist: bool = False) -> Submitted:
        made = scheduled(f"{{cron: '{cron}'}}")
        return replace(made, access=replace(made.access, origin=origin, replace=insist))

    by("here//a", "0 6 * * 1").submit()
    by("here//a", "0 7 * * 1").submit()
    with pytest.raises(SpecRejected, match=r"PG529: the schedule `churn` came from .*, and this pipeline is "):
        by("there//b", "0 8 * * 1").submit()
    (left,) = server.schedules.values()
    assert (left["cron"], len(server.jobs)) == ("TZ=UTC 0 7 * * 1", 2), "and no run of it began"
    by("there//b", "0 8 * * 1", insist=True).submit()
    assert [each["cron"] for each in server.schedules.values()] == ["TZ=UTC 0 8 * * 1"]


def test_it_leaves_one_that_someone_paused(scheduled: Scheduled, server: Vertex) -> None:
    said: list[str] = []
    weekly = scheduled("{cron: '0 6 * * 1'}")
    weekly.submit()
    next(iter(server.schedules.values()))["state"] = "PAUSED"
    replace(weekly, access=replace(weekly.access, say=said.append)).submit()
    assert said == ["the schedule `churn` is paused"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", "/schedules", torn=True),
        Fault("POST", "/schedules", 500, passed_on=True),
        Fault("POST", "/schedules", 503, times=2),
        Fault("POST", "/schedules", after=3.0),
    ],
    ids=str,
)
def test_it_makes_one_in_spite_of(fault: Fault, scheduled: Scheduled, server: Vertex) -> None:
    with in_front_of(urlsplit(server.url).netloc, [fault]) as front:
        scheduled("{cron: '0 6 * * 1'}").by(front.url).submit()
    assert (len(server.schedules), len(server.jobs)) == (1, 1)
