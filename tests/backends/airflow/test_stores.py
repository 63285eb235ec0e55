"""Artifacts of a DAG in a bucket: where its sidecars can open one they are told, and no folder is mounted for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.judges.airflow.pipelines import HEAVY

from pipeglot.driver.compiling import compiled, find_target, refusals
from pipeglot.ir import Pipeline


def kept(operator: str) -> Pipeline:
    settings = {"airflow": {"operator": operator}}
    return replace(HEAVY, artifacts="s3://acme/churn", records=replace(HEAVY.records, sink=None), settings=settings)


@pytest.mark.parametrize("operator", ["bash", "docker", "kubernetes"])
def test_the_sidecars_are_told(operator: str) -> None:
    dag = next(file.text for file in compiled(kept(operator), "airflow").files if file.path == "heavy.py")
    assert '"PIPEGLOT_ARTIFACTS": "s3://acme/churn"' in dag
    assert "pipeglot-artifacts" not in dag


def test_a_worker_stands_around_its_containers() -> None:
    """They have neither the library nor the credentials."""
    dag = next(file.text for file in compiled(kept("docker"), "airflow").files if file.path == "heavy.py")
    compile(dag, "heavy.py", "exec")
    assert 'self.beside("fetch", told) or self.run_container(context)' in dag
    assert refusals(kept("docker"), *find_target("airflow")) == ()
