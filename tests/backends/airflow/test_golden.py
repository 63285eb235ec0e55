"""The DAG files of small pipelines, as they were last read by a person. `PIPEGLOT_GOLDEN=1` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.judges.airflow.judges import emitted
from tests.judges.airflow.pipelines import ALL, BROUGHT, CLAIMED, FANNED, HEAVY, MENDED, SCHEDULED, in_containers

from pipeglot.ir import Pipeline

EXPECTED = Path(__file__).parent / "expected"
CASES = [
    *((pipeline, "3.3", "3.3") for pipeline in ALL),
    (SCHEDULED, "3.3", "3.3"),
    (MENDED, "3.1", "3.1"),
    (SCHEDULED, "3.1", "3.1"),
    *((in_containers(pipeline, "docker"), "3.3", "docker") for pipeline in (HEAVY, MENDED, BROUGHT)),
    *((in_containers(pipeline, "kubernetes"), "3.3", "kubernetes") for pipeline in (HEAVY, CLAIMED, FANNED)),
]


def called(part: object) -> object:
    return getattr(part, "name", part)


@pytest.mark.parametrize(("pipeline", "version", "folder"), CASES, ids=called)
def test_it_writes_the_dag_file_that_was_read(pipeline: Pipeline, version: str, folder: str) -> None:
    path = EXPECTED / folder / f"{pipeline.name}.py"
    text = next(file.text for file in emitted(pipeline, version) if file.path == path.name)
    if os.environ.get("PIPEGLOT_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    assert path.read_bytes().decode("utf-8") == text


def test_it_writes_the_same_bytes_again() -> None:
    for pipeline, version, _ in CASES:
        assert emitted(pipeline, version) == emitted(pipeline, version)


def test_it_keeps_no_file_that_nothing_emits() -> None:
    wanted = {EXPECTED / folder / f"{pipeline.name}.py" for pipeline, _, folder in CASES}
    assert set(EXPECTED.rglob("*.py")) == wanted
