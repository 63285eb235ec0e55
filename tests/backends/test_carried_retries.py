"""Retries that an engine cannot keep as they are asked for: the sidecar tries again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeglot.driver.compiling import compiled
from pipeglot.driver.loading import load
from pipeglot.ir import Json, Pipeline, RetryOn

CASES = Path(__file__).parents[1] / "conformance"
PODS: dict[str, Json] = {"operator": "kubernetes"}


def texts(case: str, target: str, settings: dict[str, Json], *on: RetryOn) -> str:
    pipeline = load(CASES / case / "pipeline.yaml")
    steps = tuple(
        replace(step, retry=step.retry and replace(step.retry, on=on or step.retry.on)) for step in pipeline.steps
    )
    changed: Pipeline = replace(pipeline, steps=steps, settings={"airflow": settings})
    return "".join(file.text for file in compiled(changed, target).native)


@pytest.mark.parametrize(
    ("case", "target", "settings", "marks"),
    [
        ("retry_backoff", "airflow@3.1", {}, ("retries=3", 'retry_on=["lost"]')),
        ("retry_backoff", "argo", {}, ('limit: "3"',)),
        ("retry_causes", "airflow", PODS, ()),
    ],
)
def test_the_sidecar_tries_again_and_the_engine_what_is_lost(
    case: str, target: str, settings: dict[str, Json], marks: tuple[str, ...]
) -> None:
    found = texts(case, target, settings)
    assert '"retry": {' in found
    assert [mark for mark in marks if mark not in found] == []
    none = texts(case, target, settings, RetryOn.ERROR)
    assert [mark for mark in ("retryStrategy", "retries=3", "retries=1") if mark in none] == []


@pytest.mark.parametrize(("target", "settings"), [("airflow@3.2", {}), ("argo", {}), ("airflow", PODS)])
def test_what_an_engine_keeps_is_left_to_it(target: str, settings: dict[str, Json]) -> None:
    assert '"retry": {' not in texts("retry_third", target, settings)


def test_the_engine_stops_a_task_once_all_its_tries_could_be_over() -> None:
    """Two tries of a second, and a pause of one between them; and the quarter of an hour behind every limit."""
    assert "execution_timeout=timedelta(seconds=903)" in texts("retry_backoff", "airflow@3.1", {})
    assert 'activeDeadlineSeconds: "903"' in texts("retry_backoff", "argo", {})
