"""One Docker Engine and one kfp.local for all tests, and the cases run on them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from tests.conformance.cases import CASES
from tests.engines.kubeflow_local.driver import Driver, Outcome

AT_ONCE = 3


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    if reason := Driver.available():
        pytest.skip(reason)
    driver = Driver(tmp_path_factory.mktemp("kfp-local"))
    driver.start()
    try:
        yield driver
    finally:
        driver.stop()


@pytest.fixture(scope="session")
def outcomes(driver: Driver, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Outcome]]]:
    """Every case that is to be tested is on its way: a test only waits for its own."""
    wanted = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            case.name: pool.submit(driver.run, case.pipeline, case.params, case.profiles.get("kubeflow"))
            for case in CASES
            if case in wanted
        }
