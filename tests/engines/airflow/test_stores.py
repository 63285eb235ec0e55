"""Cases that hand artifacts on, on a real Airflow whose workers keep them in a bucket: the same record."""

from __future__ import annotations

import pytest
from tests.conformance.cases import CASES, Case
from tests.engines.airflow.driver import Driver, Places
from tests.engines.stores.servers import BUCKET

HOLDING = ("artifact_chain", "folder_artifact", "fan_in_artifacts", "optional_output")


@pytest.mark.parametrize("case", [case for case in CASES if case.name in HOLDING], ids=lambda case: f"s3_{case.name}")
def test_a_bucket_leaves_the_same_record(case: Case, driver: Driver) -> None:
    outcome = driver.run(case.pipeline, case.params, places=Places(f"s3://{BUCKET}/{case.name}"))
    assert not (difference := case.difference(outcome.normal)), f"{difference}\n\n{outcome.tasks}\n{outcome.said}"
