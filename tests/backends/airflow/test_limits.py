"""Each line of the tables is about something: it is met by a pipeline, and its evidence is there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.judges.airflow.pipelines import ALL, CHAIN, HERE, step

from pipeglot.ir import Output, Pipeline, Records, Retry, Secret
from pipeglot_backends.airflow import VERSIONS
from pipeglot_backends.airflow.limits import CANNOT, EMULATES
from pipeglot_backends.protocol import Limit

CASES = Path(__file__).parents[2] / "conformance"
ODD = Pipeline(
    "odd",
    HERE,
    params=(),
    steps=(
        step("a", image="x", workdir="/x", when=["lit", True], env={"T": Secret("t", "k")}, retry=Retry(1, HERE, 1, 3)),
        step("b", outputs=(Output("token", HERE, type="string", sensitive=True),)),
    ),
    artifacts="s3://bucket/x",
    records=Records(sink="https://records.example"),
)


@pytest.mark.parametrize("limit", [*CANNOT, *EMULATES], ids=lambda limit: limit.feature.__name__)
def test_it_says_only_what_some_pipeline_meets(limit: Limit) -> None:
    plain = replace(CHAIN, params=(), steps=(step("a"),))
    assert list(limit.feature(plain)) == []
    assert any(list(limit.feature(pipeline)) for pipeline in (*ALL, ODD))
    assert set(limit.versions) < set(VERSIONS)


@pytest.mark.parametrize("limit", [*CANNOT, *EMULATES], ids=lambda limit: limit.feature.__name__)
def test_it_shows_its_evidence(limit: Limit) -> None:
    case = re.fullmatch(r"case `(\w+)`", limit.evidence)
    assert (CASES / case[1] / "expect.yaml").exists() if case else limit.evidence.startswith("https://")
