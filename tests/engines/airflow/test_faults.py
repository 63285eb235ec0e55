"""What a run on Airflow meets when the way there is bad: never a second run, and a word for what cannot be done."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.engines.airflow.driver import Driver
from tests.engines.airflow.test_submit import Submitted
from tests.engines.faults import Fault, in_front_of

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.airflow.remote import submit as airflow
from pipeglot_backends.remote.protocol import RunState

RUNS = "/dagRuns"


@pytest.fixture(scope="module")
def bad_way(driver: Driver, tmp_path_factory: pytest.TempPathFactory) -> Submitted:
    made = Submitted(driver, tmp_path_factory.mktemp("bad_way"), "bad-way")
    made.submit()  # the DAG is known: the faults are for what comes then
    return made


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", RUNS, 429, times=2),
        Fault("POST", RUNS, 503, times=2),
        Fault("POST", RUNS, 500, passed_on=True),
        Fault("POST", RUNS),
        Fault("POST", RUNS, passed_on=True),
        Fault("POST", RUNS, after=6.0),
        Fault("POST", "/auth/token", 502),
        Fault("GET", "/dags/", 504),
    ],
    ids=str,
)
def test_it_starts_one_run_in_spite_of(fault: Fault, bad_way: Submitted) -> None:
    run, away = uuid.uuid4(), urlsplit(str(bad_way.access.settings["url"])).netloc
    with in_front_of(away, [fault]) as front:
        access = replace(bad_way.access, settings={**bad_way.access.settings, "url": front.url}, answer_within=3.0)
        handle = airflow.submit(bad_way.pipeline, bad_way.files, run, {}, access)
        assert front.count(fault.method, fault.path) > 1, "it was asked again"
    assert airflow.status(handle, bad_way.access).state is not RunState.GONE
    assert airflow.submit(bad_way.pipeline, bad_way.files, run, {}, bad_way.access).known


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("POST", RUNS, 401, times=99), r"PG521: .* does not accept who you are \(401\)"),
        (Fault("POST", RUNS, 403, times=99), r"PG521: .* does not let you .*\(403\)"),
        (Fault("POST", RUNS, 503, times=99), r"PG524: .* cannot .* now \(503\)"),
        (Fault("POST", RUNS, times=99), "PG520: nothing answers"),
    ],
    ids=str,
)
def test_it_says_what_is_wrong_with(fault: Fault, message: str, bad_way: Submitted) -> None:
    away = urlsplit(str(bad_way.access.settings["url"])).netloc
    with in_front_of(away, [fault]) as front:
        access = replace(bad_way.access, settings={**bad_way.access.settings, "url": front.url})
        with pytest.raises(SpecRejected, match=message):
            airflow.submit(bad_way.pipeline, bad_way.files, uuid.uuid4(), {}, access)
        assert front.count(fault.method, fault.path) <= 8, "it gave up"


def test_it_takes_up_a_run_again_after_an_away(bad_way: Submitted, tmp_path: Path) -> None:
    """Status and collect, while the server now and then does not answer."""
    handle = bad_way.submit()
    away = urlsplit(str(bad_way.access.settings["url"])).netloc
    with in_front_of(away, [Fault("GET", RUNS, times=2), Fault("GET", "/taskInstances", 503)]) as front:
        access = replace(bad_way.access, settings={**bad_way.access.settings, "url": front.url}, folder=tmp_path)
        assert airflow.status(handle, access).state is not RunState.GONE
