"""The cases in containers, started by a real Airflow."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future

import pytest
from tests.conformance.cases import Case
from tests.engines.airflow.chosen import chosen
from tests.engines.airflow.driver import TARGET, Outcome
from tests.engines.airflow_docker.dockerd import Dockerd

from pipeglot.driver.compiling import find_target


@pytest.mark.parametrize("case", chosen(), ids=lambda case: case.name)
def test_it_leaves_the_expected_record(
    case: Case, outcomes: dict[str, Future[Outcome]], record_property: Callable[[str, object], None]
) -> None:
    record_property("engine", f"Airflow {find_target(TARGET)[1]}, Docker")
    record_property("case", case.name)
    outcome = outcomes[case.name].result()
    assert not (difference := case.difference(outcome.normal)), f"{difference}\n\n{outcome.tasks}\n{outcome.said}"
    assert outcome.run == json.loads(case.expected)["run"], "Airflow itself says otherwise"


def test_it_takes_every_container_away(dockerd: Dockerd, outcomes: dict[str, Future[Outcome]]) -> None:
    for outcome in outcomes.values():
        outcome.result()
    assert dockerd.left() == []
