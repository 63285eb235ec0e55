"""Airflow's judges on every file that the target emits, and what each of them catches."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.engines import environment
from tests.judges.airflow import judges
from tests.judges.airflow.judged import JUDGED
from tests.judges.airflow.pipelines import MENDED

FAULTS: dict[str, tuple[Callable[[str], str], set[str]]] = {
    "a syntax error": (lambda text: text.replace("with DAG(", "with DAG((", 1), {"imports", "shape", "rules"}),
    "a cycle": (lambda text: f"{text}    c >> a\n", {"imports", "shape"}),
    "a task id twice": (lambda text: text.replace('task_id="b"', 'task_id="a"', 1), {"imports", "shape"}),
    "a bad trigger rule": (lambda text: text.replace("TriggerRule.ALL_DONE", '"sometimes"'), {"imports", "shape"}),
    "an unknown argument": (lambda text: text.replace("retries=3", "retried=3"), {"imports", "shape"}),
    "an argument of a wrong type": (lambda text: text.replace("retries=3", 'retries="x"'), {"imports", "shape"}),
    "a bad DAG id": (lambda text: text.replace('dag_id="mended"', 'dag_id="men ded"'), {"imports", "shape"}),
    "another DAG id": (lambda text: text.replace('dag_id="mended"', 'dag_id="mend"'), {"imports", "shape"}),
    "mapping over no list": (lambda text: text.replace("index=d_items.output", "index=3"), {"imports", "shape"}),
    "a missing edge": (lambda text: text.replace("    a >> c\n", ""), {"shape"}),
    "another retry": (lambda text: text.replace("retries=3", "retries=2"), {"shape"}),
    "no teardown": (lambda text: text.replace(".as_teardown()\n", "\n"), {"shape"}),
    "a leaf that nobody judges": (lambda text: text.replace("on_failure_fail_dagrun=True", ""), {"shape"}),
    "an import of Airflow 2": (
        lambda text: text.replace("providers.standard.operators.bash", "operators.bash"),
        {"rules"},
    ),
    "an unknown name": (
        lambda text: text.replace('{"wire": json.dumps}', '{"wire": jason.dumps}'),
        {"imports", "shape", "rules"},
    ),
}


@pytest.fixture(scope="session")
def python() -> Path:
    try:
        return environment.interpreter("airflow")
    except environment.CannotInstall as fault:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Airflow cannot be installed here: {str(fault).splitlines()[-1]}")


@pytest.fixture(scope="session")
def bags(python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, Any]]:
    """Every emitted file and every faulty one, read once: Airflow's import is slow."""
    folder = tmp_path_factory.mktemp("dags")
    for pipeline in JUDGED:
        judges.write(folder / pipeline.name, judges.emitted(pipeline))
    for fault in FAULTS:
        judges.write(folder / fault, judges.emitted(MENDED))
        path = folder / fault / f"{MENDED.name}.py"
        text = path.read_text(encoding="utf-8")
        path.write_text(FAULTS[fault][0](text), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != text, f"{fault} changes nothing"
    return folder, judges.dag_bags(python, folder)


def test_it_emits_what_airflow_imports_and_reads_as_meant(bags: tuple[Path, Mapping[str, Any]]) -> None:
    folder, read = bags
    assert judges.verdicts(JUDGED, folder, read) == {pipeline.name: [] for pipeline in JUDGED}


def test_it_judges_every_file_that_was_emitted(bags: tuple[Path, Mapping[str, Any]]) -> None:
    folder, read = bags
    assert len(read) == len(list(folder.glob("*/*.py"))) == len(JUDGED) + len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_it_catches_a_seeded_fault(fault: str, bags: tuple[Path, Mapping[str, Any]]) -> None:
    folder, read = bags
    found = {
        "imports": judges.imports(MENDED, read[fault]),
        "shape": judges.shape(MENDED, read[fault]),
        "rules": judges.rules(folder)[fault],
    }
    assert {judge for judge, faults in found.items() if faults} == FAULTS[fault][1], found
