"""The examples that need nothing but Python, on a real Argo: the record that was written down, also of a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from tests.engines.argo.driver import Driver, Outcome, Outcomes
from tests.engines.rig.images import PYTHON
from tests.examples.everywhere import path_of, profile_of
from tests.examples.records import EXAMPLES, difference

from pipeglot.driver.compiling import load
from pipeglot.ir import Json, Pipeline, Pod, Step, Volume
from pipeglot_backends.argo import RUN

RUNS: dict[str, tuple[str, dict[str, Json], str]] = {
    "orders": ("orders", {}, "expect.yaml"),
    "orders, bad rows": ("orders", {"max_bad": 0.01}, "expect-failure.yaml"),
    "tickets": ("tickets", {}, "expect.yaml"),
}


def with_code(example: str) -> Pipeline:
    """In the one image of the cluster, with the example's folder mounted where its own image has it."""
    pipeline = load(path_of(example), profile_of(example, "argo"))
    code: dict[str, Json] = {"hostPath": {"path": str(EXAMPLES / example), "type": "Directory"}}

    def mounted(step: Step) -> Step:
        pod = step.pod or Pod(step.origin)
        volume = Volume("/app", code, step.origin, read_only=True)
        return replace(step, image=PYTHON, pod=replace(pod, volumes=(*pod.volumes, volume)))

    return replace(pipeline, steps=tuple(map(mounted, pipeline.steps)), on_exit=tuple(map(mounted, pipeline.on_exit)))


@pytest.fixture(scope="module")
def under_way(drivers: dict[str, Driver], request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """All that were chosen go on side by side."""
    chosen = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    wanted = [(each["version"], each["named"]) for each in chosen if {"version", "named"} <= set(each)]
    with ThreadPoolExecutor(len(wanted)) as pool:
        yield {(version, named): pool.submit(run, drivers[version], named) for version, named in wanted}


def run(driver: Driver, named: str) -> Outcome:
    example, params, _ = RUNS[named]
    return driver.run_loaded(with_code(example), params)


@pytest.mark.parametrize("named", RUNS)
@pytest.mark.parametrize("version", RUN)
def test_it_leaves_the_expected_record(version: str, named: str, under_way: Outcomes) -> None:
    example, _, expected = RUNS[named]
    found = under_way[version, named].result()
    assert not (told := difference(example, found.normal, expected)), f"{told}\n\n{found.workflow} {found.tasks}"
    assert found.state == json.loads(found.normal)["run"], "Argo itself says otherwise"
