"""The recurring run of a pipeline with a schedule: there once, as it is wanted, and gone with the schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from tests.engines.faults import Fault, in_front_of
from tests.engines.kubeflow_submit.conftest import Submitted
from tests.engines.kubeflow_submit.server import Kubeflow
from tests.engines.submitting import UNATTENDED

from pipeglot.ir import Pipeline

CREATE, DELETE = "recurring_run_service_create_recurring_run", "recurring_run_service_delete_recurring_run"
Load = Callable[[str], Pipeline]


@pytest.fixture
def scheduled(submitted: Submitted, loaded: Load) -> Callable[[str], Submitted]:
    return lambda schedule: replace(submitted, pipeline=loaded(f"{UNATTENDED}schedule: {schedule}\n"))


Scheduled = Callable[[str], Submitted]


def test_it_makes_one(scheduled: Scheduled, server: Kubeflow) -> None:
    nightly = scheduled("{cron: '30 6 * * 1', start: '2026-01-01T00:00:00Z', max_active: 2}")
    nightly.submit()
    nightly.submit()
    (made,) = server.recurring.values()
    assert made["trigger"] == {"cron_schedule": {"cron": "0 30 6 * * 1", "start_time": "2026-01-01T00:00:00+00:00"}}
    assert (made["max_concurrency"], made["no_catchup"], made["mode"]) == ("2", True, "ENABLE")
    assert made["runtime_config"]["parameters"] == {"pipeglot-run-id": "schedule"}, "no run's id, no run's parameters"
    assert server.count(CREATE) == 1


def test_it_allows_as_many_runs_as_kubeflow_does(scheduled: Scheduled, server: Kubeflow) -> None:
    scheduled("{cron: '0 0 * * *', catchup: true}").submit()
    (made,) = server.recurring.values()
    assert (made["max_concurrency"], made["no_catchup"]) == ("10", False)
    assert made["trigger"]["cron_schedule"]["cron"] == "0 0 0 * * *"


def test_it_replaces_one_that_changed(scheduled: Scheduled, server: Kubeflow) -> None:
    said: list[str] = []
    first = scheduled("{cron: '0 6 * * 1'}")
    first.submit()
    second = scheduled("{cron: '0 7 * * 1'}")
    replace(second, access=replace(second.access, say=said.append)).submit()
    (left,) = server.recurring.values()
    assert left["trigger"]["cron_schedule"]["cron"] == "0 0 7 * * 1"
    assert said == ["the recurring run `churn` was replaced"]
    replace(second, document=second.document.replace("'true'", "'false'")).submit()
    (newer,) = server.recurring.values()
    assert newer["pipeline_version_reference"] != left["pipeline_version_reference"], "another version of the pipeline"


def test_it_removes_what_is_no_longer_wanted_and_leaves_what_others_made(
    scheduled: Scheduled, submitted: Submitted, server: Kubeflow
) -> None:
    scheduled("{cron: '0 6 * * 1'}").submit()
    (ours,) = server.recurring
    server.recurring["theirs"] = {**server.recurring[ours], "description": "by hand", "recurring_run_id": "theirs"}
    server.recurring["twice"] = {**server.recurring[ours], "recurring_run_id": "twice"}
    scheduled("{cron: '0 6 * * 1'}").submit()
    assert list(server.recurring) == [ours, "theirs"]
    submitted.submit()
    assert list(server.recurring) == ["theirs"]


def test_it_leaves_one_that_someone_paused(scheduled: Scheduled, server: Kubeflow) -> None:
    said: list[str] = []
    weekly = scheduled("{cron: '0 6 * * 1'}")
    weekly.submit()
    next(iter(server.recurring.values()))["status"] = "DISABLED"
    replace(weekly, access=replace(weekly.access, say=said.append)).submit()
    assert said == ["the recurring run `churn` is disabled: someone paused it"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", "/recurringruns", torn=True),
        Fault("POST", "/recurringruns", 500, passed_on=True),
        Fault("POST", "/recurringruns", 503, times=2),
        Fault("POST", "/recurringruns", after=3.0),
        Fault("GET", "/recurringruns"),
    ],
    ids=str,
)
def test_it_makes_one_in_spite_of(fault: Fault, scheduled: Scheduled, server: Kubeflow) -> None:
    with in_front_of(urlsplit(server.url).netloc, [fault]) as front:
        scheduled("{cron: '0 6 * * 1'}").by(front.url).submit()
    assert (len(server.recurring), len(server.runs)) == (1, 1)


def test_it_minds_none_that_is_gone_already(scheduled: Scheduled, submitted: Submitted, server: Kubeflow) -> None:
    scheduled("{cron: '0 6 * * 1'}").submit()
    with in_front_of(urlsplit(server.url).netloc, [Fault("DELETE", "/recurringruns", passed_on=True)]) as front:
        submitted.by(front.url).submit()
    assert not server.recurring
    assert server.count(DELETE) == 2
