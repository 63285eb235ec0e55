"""A cluster for each Argo, and the cases run on them side by side."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import rig
from tests.engines.argo import clocked as clocks
from tests.engines.argo.driver import Driver, Outcomes
from tests.engines.argo.started import Started, start

from pipeglot_backends.argo import RUN

AT_ONCE = 8
ALONE = "deadline"
"""Goes first, on all versions, before the other cases: in it a clock runs."""


@pytest.fixture(scope="session")
def drivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Driver]]:
    """Up for the tests; down after them, unless they were up before."""
    if reason := rig.available():
        pytest.skip(reason)
    before = rig.status()
    try:
        yield {name: Driver(rig.up(name), tmp_path_factory.mktemp(f"argo-{name}")) for name in RUN}
    finally:
        for name in RUN:
            if before[name] != "up":
                rig.down(name)


@pytest.fixture(scope="session")
def started(drivers: dict[str, Driver], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Started]:
    return {name: start(drivers[name], tmp_path_factory.mktemp(f"started-{name}")) for name in RUN}


@pytest.fixture(scope="session")
def clocked(drivers: dict[str, Driver], tmp_path_factory: pytest.TempPathFactory) -> clocks.Clocked:
    return clocks.start(drivers[RUN[-1]], tmp_path_factory.mktemp("clocked"))


@pytest.fixture(scope="session")
def outcomes(drivers: dict[str, Driver], request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """Every case that is to be tested is on its way: a test only waits for its own. So is what a clock starts.

    Those of most pods go first, for at the end the cluster would wait for them alone.
    """
    for clock in ("started", "clocked"):
        if any(clock in getattr(item, "fixturenames", ()) for item in request.session.items):
            request.getfixturevalue(clock)
    chosen = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    wanted = {(each["version"], each["case"].name): each["case"] for each in chosen if {"version", "case"} <= set(each)}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures: Outcomes = {}
        for alone in (True, False):
            for (version, name), case in sorted(wanted.items(), key=lambda each: -each[1].tries):
                if (name == ALONE) is alone:
                    futures[version, name] = pool.submit(
                        drivers[version].run, case.pipeline, case.params, case.cancel, case.profiles.get("argo")
                    )
            if alone:
                wait(futures.values())
        yield futures
