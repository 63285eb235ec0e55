"""The DAG files for older versions of Airflow, judged by those versions themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines import environment
from tests.judges.airflow import judges
from tests.judges.airflow.judged import JUDGED

from pipeglot.driver.compiling import find_target, refusals
from pipeglot_backends.airflow import VERSIONS


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_it_emits_what_that_version_imports_and_reads_as_meant(version: str, tmp_path: Path) -> None:
    pipelines = tuple(each for each in JUDGED if not refusals(each, find_target("airflow")[0], version))
    for pipeline in pipelines:
        judges.write(tmp_path / pipeline.name, judges.emitted(pipeline, version))
    read = judges.dag_bags(environment.interpreter(f"airflow@{version}"), tmp_path)
    assert judges.verdicts(pipelines, tmp_path, read, version) == {pipeline.name: [] for pipeline in pipelines}
