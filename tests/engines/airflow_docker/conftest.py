"""One Airflow and one Docker Engine for all tests, and the cases run on them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest
from tests.engines import environment
from tests.engines.airflow.chosen import FIRST, chosen
from tests.engines.airflow.driver import Driver, Outcome
from tests.engines.airflow_docker.dockerd import Dockerd
from tests.engines.stores.servers import Server, amazon

AT_ONCE = 3
OPERATOR = "airflow.providers.docker.operators.docker"
TOKEN = "a secret $(X) of the worker"


@pytest.fixture(scope="session")
def dockerd() -> Iterator[Dockerd]:
    if reason := Dockerd.available() or Driver.available():
        pytest.skip(reason)
    engine = Dockerd()
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


@pytest.fixture(scope="session")
def bucket() -> Iterator[Server]:
    """S3, to which the workers have the keys, and the containers no way."""
    with amazon(str(environment.interpreter("stores"))) as server:
        yield server


@pytest.fixture(scope="session")
def driver(dockerd: Dockerd, tmp_path_factory: pytest.TempPathFactory, bucket: Server) -> Iterator[Driver]:
    secrets = {
        "PIPEGLOT_SECRET_STORE_TO_KEN": TOKEN,
        "PIPEGLOT_SECRET_ALERTS_URL": "http://127.0.0.1:9/",
        "SITE": "a worker's",
    }
    environ = {**secrets, "PIPEGLOT_TEST_PRELOADED": OPERATOR, **bucket.environ}
    driver = Driver(tmp_path_factory.mktemp("airflow-docker"), environ)
    driver.start()
    try:
        yield driver
    finally:
        driver.stop()


@pytest.fixture(scope="session")
def outcomes(driver: Driver, dockerd: Dockerd, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Outcome]]]:
    """Every case that is to be tested is on its way: a test only waits for its own."""
    wanted = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        futures: dict[str, Future[Outcome]] = {}
        for case in [case for case in chosen() if case in wanted]:
            futures[case.name] = pool.submit(
                driver.run, case.pipeline, case.params, case.cancel, operator="docker", docker_url=dockerd.url
            )
            if case.name == FIRST:
                wait([futures[FIRST]])
        yield futures
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
