"""The cases, run side by side on the Kubeflow that is there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.conformance.cases import CASES
from tests.engines.kubeflow.driver import AT_ONCE, Driver, Outcomes


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Driver:
    if reason := Driver.available():
        pytest.skip(reason)
    return Driver(tmp_path_factory.mktemp("kubeflow"))


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """Every case that is to be tested is on its way, where there is a Kubeflow: a test only waits for its own."""
    if Driver.available():
        yield {}
        return
    driver = Driver(tmp_path_factory.mktemp("kubeflow"))
    wanted = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield {
            case.name: pool.submit(driver.run, case.pipeline, case.params, case.cancel, case.profiles.get("kubeflow"))
            for case in CASES
            if case in wanted
        }
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
