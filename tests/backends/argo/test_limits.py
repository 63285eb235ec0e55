"""Each line of Argo's tables is about something, and its evidence is there; one that is not is found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.backends.limits import stale
from tests.judges.airflow.pipelines import HERE, step

from pipeglot.ir import (
    Cache,
    FanOut,
    Gpu,
    Output,
    Param,
    Pipeline,
    Pod,
    Read,
    ReadKind,
    Records,
    Resources,
    Retry,
    RetryOn,
    RunIf,
    Schedule,
)
from pipeglot_backends.argo.limits import CANNOT, EMULATES
from pipeglot_backends.argo.names import Names
from pipeglot_backends.features.steps import condition
from pipeglot_backends.protocol import Limit
from pipeglot_backends.targets import load

BARE = Pipeline("bare", HERE, params=(), steps=(step("a", image="x"),))
ODD = Pipeline(
    "odd",
    HERE,
    params=(Param("word", "string", HERE, sensitive=True),),
    steps=(
        step("a", image="x{{y}}", when=["lit", True], retry=Retry(1, HERE, 1, 1.5, on=(RetryOn.ERROR,)), timeout=1.0),
        step("b", resources=Resources(HERE, gpu=Gpu(1, "l4")), run_if=RunIf.ALWAYS, allow_failure=True),
        step(
            "c",
            image="x",
            fan_out=FanOut(["lit", [1]], "int", HERE, max_parallel=1, fail_fast=True),
            needs_list_task=True,
            outputs=(Output("data", HERE, artifact="file", file="data"),),
        ),
        step("d", image="x", outputs=(Output("token", HERE, type="string", sensitive=True),)),
        step(f"{'g' * 40}.{'h' * 40}.{'i' * 40}.far-away", image="x"),
        step("f", image="x", cache=Cache(HERE)),
        step("e", image="x", pod=Pod(HERE, image_pull_secrets=("registry",))),
    ),
    on_exit=(
        step("bye", image="x", on_exit=True, reads=(Read("s", ReadKind.OUTPUT, step="d", output="token"),)),
        step("g.a", image="x", on_exit=True, outputs=(Output("data", HERE, artifact="file", file="data"),)),
        step("g.b", image="x", on_exit=True),
        step("g.c", image="x", on_exit=True, needs=("g.a",), run_if=RunIf.ALWAYS),
        step(
            "g.d",
            image="x",
            on_exit=True,
            needs=("g.a", "g.b"),
            reads=(Read("s", ReadKind.OUTPUT, "artifact", step="g.a", output="data"),),
        ),
    ),
    fail_fast=True,
    deadline=60.0,
    records=Records(sink="s3://records", server="https://records.example"),
    schedule=Schedule("0 6 * * *", "UTC", HERE, start="2026-11-01T12:00:00+00:00", catchup=True, max_active=1),
    deliver="inline",
)


@pytest.mark.parametrize("limit", [*CANNOT, *EMULATES], ids=lambda limit: limit.feature.__name__)
def test_it_says_only_what_some_pipeline_meets_and_shows_its_evidence(limit: Limit) -> None:
    assert list(stale(load("argo"), limit, BARE, (ODD,))) == []


SEEDED = {
    "no pipeline meets it": Limit(lambda pipeline: (), "never", "case `when_false`"),
    "the plainest pipeline meets it": Limit(lambda pipeline: (pipeline.origin,), "always", "case `when_false`"),
    "its evidence is not there: case `gone`": Limit(condition, "why", "case `gone`"),
    "its evidence is not there: tests/engines/argo": Limit(condition, "why", "tests/engines/argo"),
    "its versions are ('3.6',)": Limit(condition, "why", "case `when_false`", versions=("3.6",)),
    "its operators are ('bash',)": Limit(condition, "why", "case `when_false`", operators=("bash",)),
}


@pytest.mark.parametrize("fault", SEEDED)
def test_it_finds_a_stale_line(fault: str) -> None:
    assert list(stale(load("argo"), SEEDED[fault], BARE, (ODD, replace(BARE, name="other")))) == [fault]


def test_long_names_of_steps_stand_shortened_and_are_told_apart() -> None:
    alike = ["g" * 60 + "." + "h" * 60 + each for each in (".a", ".b", "")]
    steps = tuple(
        step(id, image="x", fan_out=FanOut(["lit", [1]], "int", HERE, max_parallel=1), needs_list_task=True)
        for id in alike
    )
    names = Names(Pipeline("p", HERE, params=(), steps=steps))
    made = [*names.step.values(), *names.items.values(), *names.each.values()]
    assert len(set(made)) == 9
    assert max(map(len, made)) <= 128
    assert Names(Pipeline("p", HERE, params=(), steps=(step("a" * 112),))).step["a" * 112] == "a" * 112
