"""Cases that hand artifacts on, in containers without a network: the worker fetches and sends; the same record."""

from __future__ import annotations

import pytest
from tests.conformance.cases import CASES, Case
from tests.engines.airflow.driver import Driver, Places
from tests.engines.airflow_docker.dockerd import Dockerd
from tests.engines.stores.servers import BUCKET

HOLDING = ("folder_artifact", "fan_in_artifacts", "optional_output")


@pytest.mark.parametrize("case", [case for case in CASES if case.name in HOLDING], ids=lambda case: f"s3_{case.name}")
def test_a_bucket_leaves_the_same_record(case: Case, driver: Driver, dockerd: Dockerd) -> None:
    places = Places(f"s3://{BUCKET}/{case.name}")
    outcome = driver.run(case.pipeline, case.params, places=places, operator="docker", docker_url=dockerd.url)
    assert not (difference := case.difference(outcome.normal)), f"{difference}\n\n{outcome.tasks}\n{outcome.said}"
