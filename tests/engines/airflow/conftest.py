"""One Airflow for all tests, and the cases run on it side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest
from tests.conformance.cases import CASES, Case
from tests.engines import environment
from tests.engines.airflow.driver import Driver, Outcome
from tests.engines.stores.servers import Server, amazon
from tests.receiver import Receiver
from tests.records.server.conftest import Running, running

from pipeglot_expression.runtime.contract import SINK_TOKEN
from pipeglot_records.server.limits import Limits

AT_ONCE = 4
ALONE = ("failed_branch", "deadline")
"""These go first, each with all of Airflow for itself: one that makes both workers warm, one in which a clock runs."""


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """Whom the secret `alerts` of the workers names."""
    with Receiver().serve() as found:
        yield found


@pytest.fixture(scope="session")
def bucket() -> Iterator[Server]:
    """S3, to which the workers have the keys."""
    with amazon(str(environment.interpreter("stores"))) as server:
        yield server


@pytest.fixture(scope="session")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for records, whose token the workers have."""
    with running(str(tmp_path_factory.mktemp("sink") / "records.db"), limits=Limits()) as server:
        yield server


@pytest.fixture(scope="session")
def driver(
    tmp_path_factory: pytest.TempPathFactory, receiver: Receiver, bucket: Server, sink: Running
) -> Iterator[Driver]:
    if reason := Driver.available():
        pytest.skip(reason)
    known = {"PIPEGLOT_SECRET_ALERTS_URL": receiver.url, SINK_TOKEN: sink.secrets["write"], **bucket.environ}
    driver = Driver(tmp_path_factory.mktemp("airflow"), known)
    driver.start()
    try:
        yield driver
    finally:
        driver.stop()


@pytest.fixture(scope="session")
def outcomes(driver: Driver, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Outcome]]]:
    """Every case that is to be tested is on its way: a test only waits for its own."""
    wanted = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    cases = [case for case in CASES if case in wanted]
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        futures: dict[str, Future[Outcome]] = {}
        for case in sorted(cases, key=_turn):
            futures[case.name] = pool.submit(driver.run, case.pipeline, case.params, case.cancel)
            if case.name in ALONE:
                wait([futures[case.name]])
        yield futures
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _turn(case: Case) -> int:
    return ALONE.index(case.name) if case.name in ALONE else len(ALONE)
