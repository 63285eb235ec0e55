"""The examples on a real Airflow: the record that was written down by hand, and the same as a local run leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.engines.airflow.driver import Driver
from tests.examples.records import EXAMPLES, difference
from tests.examples.test_examples import record

PROFILES = {"hello": None, "breast_cancer": "dev", "orders": "dev", "tickets": "dev"}


@pytest.mark.parametrize("name", PROFILES)
def test_it_leaves_the_record_of_a_local_run(name: str, driver: Driver, tmp_path: Path) -> None:
    folder = EXAMPLES / name
    outcome = driver.run(folder / "pipeline.yaml", profile=PROFILES[name], code=str(folder))
    assert not (told := difference(name, outcome.normal)), f"{told}\n\n{outcome.tasks}\n{outcome.said}"
    assert outcome.run == json.loads(outcome.normal)["run"]
    assert json.loads(outcome.normal) == json.loads(record(name, tmp_path))


def test_bad_rows_stop_the_orders_and_are_told_of(driver: Driver) -> None:
    folder = EXAMPLES / "orders"
    outcome = driver.run(folder / "pipeline.yaml", {"max_bad": 0.01}, profile="dev", code=str(folder))
    assert not (told := difference("orders", outcome.normal, "expect-failure.yaml")), f"{told}\n\n{outcome.said}"
    assert outcome.run == "failed"
