"""One Airflow outside, one namespace of a rig's cluster for its pods, and the cases run on them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from tests.engines.airflow.chosen import FIRST, chosen
from tests.engines.airflow.driver import Driver, Outcome, Places
from tests.engines.airflow_kubernetes import cluster
from tests.engines.airflow_kubernetes.cluster import Space

AT_ONCE = 4
OPERATOR = "airflow.providers.cncf.kubernetes.operators.pod"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the node has under the same path: it is this machine's."""
    folder = tmp_path_factory.mktemp("airflow-kubernetes")
    for name in ("artifacts", "records", "claimed"):
        (folder / name).mkdir()
    return folder


@pytest.fixture(scope="session")
def space(shared: Path) -> Iterator[Space]:
    """In the cluster of another suite where one is up; else in one of its own, taken down afterwards."""
    import rig

    if reason := rig.available() or Driver.available():
        pytest.skip(reason)
    name = cluster.chosen()
    before = rig.status()[name]
    made = None
    try:
        made = Space(rig.up(name), shared / "claimed")
        yield made
    finally:
        if before != "up":
            rig.down(name)
        elif made is not None:
            made.clear()


@pytest.fixture(scope="session")
def driver(space: Space, shared: Path) -> Iterator[Driver]:
    # Of a task in a pod there is little on this side: more of them can run than the machine has cores.
    more = {"AIRFLOW__CORE__PARALLELISM": str(AT_ONCE), "PIPEGLOT_TEST_PRELOADED": f"{OPERATOR} deaf"}
    more["PYTHONPATH"] = str(Path(__file__).parent)
    driver = Driver(shared, {**space.environ, **space.bucket, **more})
    driver.start()
    try:
        yield driver
    finally:
        driver.stop()


@pytest.fixture(scope="session")
def outcomes(
    driver: Driver, space: Space, shared: Path, request: pytest.FixtureRequest
) -> Iterator[dict[str, Future[Outcome]]]:
    """Every case that is to be tested is on its way: a test only waits for its own."""
    wanted = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        futures: dict[str, Future[Outcome]] = {}
        for case in [case for case in chosen() if case in wanted]:
            # Whether a step began is seen where it writes its record; in a log only once it is over.
            places = Places(shared / "artifacts", shared / "records" if case.cancel else None, space.deliver)
            futures[case.name] = pool.submit(
                driver.run, case.pipeline, case.params, case.cancel, places=places, **cluster.SETTINGS
            )
            if case.name == FIRST:
                wait([futures[FIRST]])
        yield futures
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
