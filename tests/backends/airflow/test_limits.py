"""Each line of the tables is about something: it is met by a pipeline, and its evidence is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.backends.limits import stale
from tests.judges.airflow.pipelines import ALL, CHAIN, CLAIMED, HEAVY, HERE, in_containers, step

from pipeglot.driver.compiling import find_target, refusals
from pipeglot.ir import (
    Cache,
    ConfigKey,
    Gpu,
    Output,
    Overlap,
    Pipeline,
    Pod,
    PodField,
    Records,
    Resources,
    Retry,
    RetryOn,
    Schedule,
    Secret,
    Volume,
)
from pipeglot_backends.airflow.limits import CANNOT, EMULATES
from pipeglot_backends.protocol import Limit
from pipeglot_backends.targets import load

ODD = Pipeline(
    "odd",
    HERE,
    params=(),
    steps=(
        step("a", image="x", workdir="/x", when=["lit", True], env={"T": Secret("t", "k")}, retry=Retry(1, HERE, 1, 3)),
        step("b", outputs=(Output("token", HERE, type="string", sensitive=True),), allow_failure=True),
    ),
    artifacts="s3://bucket/x",
    records=Records(sink="s3://records", server="https://records.example"),
)


BARE = replace(CHAIN, params=(), labels={}, steps=(step("a", image="x"),), records=Records(sink="/srv/records"))
STRANGE = (
    replace(BARE, labels={"team": "search", "long": "x" * 200}),
    replace(BARE, schedule=Schedule("0 6 * * *", "UTC", HERE, overlap=Overlap.SKIP)),
    ODD,
    replace(CLAIMED, records=Records(sink="/srv/records")),
    replace(CLAIMED, settings={}),
    replace(BARE, artifacts="a/relative/one"),
    replace(BARE, steps=(step("a", resources=Resources(HERE, disk="1Gi")),), records=Records()),
    replace(BARE, steps=(step("a", pod=Pod(HERE, volumes=(Volume("/data", {"emptyDir": {}}, HERE),))),)),
    replace(BARE, deliver="inline"),
    replace(BARE, steps=(step("a", image="x", cache=Cache(HERE)),)),
    replace(BARE, artifacts="s3://bucket/x", steps=(step("a", image="x", cache=Cache(HERE)),)),
    replace(BARE, python="python:3.12-slim"),
    replace(BARE, steps=(step("a", image="x", env={"A": ConfigKey("c", "k"), "B": PodField("metadata.name")}),)),
    replace(BARE, steps=(step("a", image="x", env={"A": ConfigKey("c", "k", optional=True)}),)),
    replace(BARE, steps=(step("a", image="x", resources=Resources(HERE, gpu=Gpu(1, resource="amd.com/gpu"))),)),
    replace(BARE, steps=(step("a", image="x", resources=Resources(HERE, limit_cpu="1", limit_memory="1Gi")),)),
    replace(BARE, steps=(step("a", env={"A": Secret("t", "a.k", exact=True)}),)),
)


@pytest.mark.parametrize("limit", [*CANNOT, *EMULATES], ids=lambda limit: limit.feature.__name__)
def test_it_says_only_what_some_pipeline_meets_and_shows_its_evidence(limit: Limit) -> None:
    plain = BARE if "bash" not in limit.operators else replace(BARE, steps=(step("a"),))
    assert list(stale(load("airflow"), limit, plain, (*ALL, HEAVY, *STRANGE))) == []


def said(pipeline: Pipeline) -> set[str]:
    """The first words of each refusal's reason."""
    return {fault.message.partition(": ")[2].partition(",")[0] for fault in refusals(pipeline, *find_target("airflow"))}


def test_it_refuses_by_the_operator_that_was_chosen() -> None:
    retried = replace(BARE, steps=(step("a", retry=Retry(1, HERE, on=(RetryOn.ERROR,))),))
    wanted = {
        "bash": set[str](),
        "docker": {"each step runs in a container"},
        "kubernetes": {"each step runs in a container"},
    }
    for operator, reasons in wanted.items():
        found = said(replace(retried, settings={"airflow": {"operator": operator}}))
        assert {reason[:57] for reason in found} == {reason[:57] for reason in reasons}


def test_it_takes_what_each_operator_can() -> None:
    assert said(in_containers(HEAVY, "docker")) == said(in_containers(HEAVY, "kubernetes")) == set()
    assert said(in_containers(CLAIMED, "kubernetes")) == said(in_containers(CLAIMED, "docker")) == set()
