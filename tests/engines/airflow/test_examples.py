"""The examples on a real Airflow: the record that was written down by hand, as every engine leaves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conformance.cases import load
from tests.engines.airflow.driver import Driver

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("name", ["hello", "breast_cancer"])
def test_it_leaves_the_expected_record(name: str, driver: Driver) -> None:
    case = load(EXAMPLES / name)
    outcome = driver.run(case.pipeline, case.params, code=str(case.pipeline.parent))
    assert not (difference := case.difference(outcome.normal)), f"{difference}\n\n{outcome.tasks}"
    assert outcome.run == json.loads(case.expected)["run"]
