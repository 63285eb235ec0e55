"""Every example compiles for every target, in every version, with every operator, and that target's judges see it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.examples.everywhere import NAMES, Place, places
from tests.judges.argo import emitted as argo
from tests.judges.kubeflow import emitted as vertex
from tests.judges.kubeflow import test_judges as kubeflow

from pipeglot.driver.compiling import compiled, find_target, refusals
from pipeglot_backends.protocol import operator_of

BEFORE_2_17 = ("kubeflow@2.14", "kubeflow@2.15", "kubeflow@2.16")
REFUSED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    *((name, "PG401 run_status_after_a_fan_out", BEFORE_2_17) for name in NAMES),
)
"""Of each example, what is still refused and where. It may only shrink: a line that is no longer true fails, too."""
EVERYWHERE = (*places(),)


def refused(place: Place) -> Iterator[str]:
    """By code and feature, in the words of the target's `CANNOT`."""
    backend, version = find_target(f"{place.target}@{place.version}")
    for code in {each.code for each in refusals(place.pipeline, backend, version)}:
        for limit in backend.CANNOT:
            if limit.holds(place.version, place.operator) and any(limit.feature(place.pipeline)):
                yield f"{place}: {code} {limit.feature.__name__}"


def test_it_refuses_no_more_than_is_known() -> None:
    wanted = {f"{example} on {target}: {what}" for example, what, targets in REFUSED for target in targets}
    assert {each for place in EVERYWHERE for each in refused(place)} == wanted


def test_all_else_compiles() -> None:
    kept_back = {f"{example} on {target}" for example, _, targets in REFUSED for target in targets}
    for place in EVERYWHERE:
        pipeline = place.pipeline
        assert operator_of(pipeline, find_target(place.target)[0]) == place.operator, f"no profile says so: {place}"
        if str(place) not in kept_back:
            made = compiled(pipeline, f"{place.target}@{place.version}")
            assert made.native, place


def test_judges_see_each_of_them() -> None:
    """Those of Airflow say so themselves, of each operator; and in the suite of the engine, of each version."""
    seen = {f"{name} on argo@{version}" for name, version in argo.ALL}
    seen |= {f"{name} on kubeflow@{version}" for name, version in kubeflow.ALL}
    seen |= {f"{name} on vertex@{version}" for name in vertex.SOURCES for version in vertex.versions("vertex")}
    wanted = {str(place) for place in EVERYWHERE if place.target in ("argo", "kubeflow", "vertex")}
    assert wanted - seen == set()
