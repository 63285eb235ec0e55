"""Airflow's judges on every file that the target emits, and what each of them catches."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.cases import CASES
from tests.engines import environment
from tests.judges.airflow import judges
from tests.judges.airflow.containers import containers, tasks
from tests.judges.airflow.judged import IN_DOCKER, IN_PODS, JUDGED, LOADED, ROOT
from tests.judges.airflow.pipelines import MENDED, SCHEDULED

from pipeglot.ir import Pipeline

DOCKED = next(pipeline for pipeline in IN_DOCKER if pipeline.name == "heavy-docker")
BROUGHT = next(pipeline for pipeline in IN_DOCKER if pipeline.python)
POD = next(pipeline for pipeline in IN_PODS if pipeline.name == "shared-kubernetes")

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
IN_CONTAINERS: dict[str, tuple[Pipeline, str, str, set[str]]] = {
    "an unknown argument of Docker": (DOCKED, "mem_limit=", "memory_limit=", {"imports", "shape", "containers"}),
    "the step's own Python": (BROUGHT, "entrypoint=[*PYTHON,", 'entrypoint=["python3",', {"containers"}),
    "other GPUs": (DOCKED, "count=2", "count=1", {"containers"}),
    "other memory in Docker": (DOCKED, "mem_limit=17179869184", "mem_limit=17179869183", {"containers"}),
    "another image in Docker": (DOCKED, "fit:1.4", "fit:1.3", {"containers"}),
    "another command": (DOCKED, "[self.mode, self.step]", "[self.step, self.mode]", {"containers"}),
    "the image's own entrypoint": (DOCKED, "entrypoint=[", "hostname=[", {"containers"}),
    "no secret in Docker": (DOCKED, "self.secrets = secrets", "self.secrets = ()", {"containers"}),
    "an unknown part of a pod": (
        POD,
        'path="/srv/artifacts", type=',
        'path="/srv/artifacts", kind=',
        {"imports", "shape", "containers"},
    ),
    "an unknown argument of a pod": (POD, "node_selector=", "nodes=", {"imports", "shape", "containers"}),
    "a part of a wrong type": (POD, 'medium="Memory"', "medium=[1]", {"containers"}),
    "no volume's name": (POD, 'V1Volume(name="pipeglot-work", ', "V1Volume(", {"imports", "shape", "containers"}),
    "a mount of nothing": (POD, 'V1Volume(name="pipeglot-work"', 'V1Volume(name="work"', {"containers"}),
    "another ConfigMap": (POD, 'V1ConfigMapProjection(name="', 'V1ConfigMapProjection(name="x', {"containers"}),
    "other resources": (POD, '"cpu": "1500m"', '"cpu": "1501m"', {"containers"}),
    "any node": (POD, 'node_selector={"gpu": "nvidia-l4"}', 'node_selector={"gpu": "any"}', {"containers"}),
    "another key of a secret": (POD, '"to.ken"', '"token"', {"containers"}),
    "what Kubernetes expands": (POD, 'text.replace("$", "$$")', "text", {"containers"}),
    "nothing to read": (POD, 'f"PIPEGLOT.params.{name}"', 'f"PIPEGLOT.param.{name}"', {"containers"}),
    "another image": (POD, "fit:1.4", "fit:1.3", {"containers"}),
}
"""Pipeline, what stands in its file, what is put there, and who says so."""
IN_SCHEDULES = {
    "another cron": ("1,2,3,4,5", "0,1,2,3,4"),
    "another zone": ('timezone="Europe/Berlin"', 'timezone="UTC"'),
    "another start": ("2026-11-01T12", "2026-11-09T12"),
    "another end": ("2027-01-01", "2026-11-10"),
    "no schedule": ("schedule=Cron", "schedule=None and Cron"),
    "no catching up": ("catchup=True", "catchup=False"),
    "other runs at a time": ("max_active_runs=2", "max_active_runs=3"),
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
    for fault, (pipeline, old, new, _) in IN_CONTAINERS.items():
        judges.write(folder / fault, judges.emitted(pipeline))
        path = folder / fault / f"{pipeline.name}.py"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert old in text, f"{fault} changes nothing"
    for fault, (old, new) in IN_SCHEDULES.items():
        judges.write(folder / fault, judges.emitted(SCHEDULED))
        path = folder / fault / f"{SCHEDULED.name}.py"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert old in text, f"{fault} changes nothing"
    return folder, judges.dag_bags(python, folder)


def test_it_emits_what_airflow_imports_and_reads_as_meant(bags: tuple[Path, Mapping[str, Any]]) -> None:
    folder, read = bags
    assert judges.verdicts(JUDGED, folder, read) == {pipeline.name: [] for pipeline in JUDGED}


def test_it_judges_every_file_that_was_emitted(bags: tuple[Path, Mapping[str, Any]]) -> None:
    folder, read = bags
    assert (
        len(read)
        == len(list(folder.glob("*/*.py")))
        == len(JUDGED) + len(FAULTS) + len(IN_CONTAINERS) + len(IN_SCHEDULES)
    )


REFUSED = {
    *("pods-docker", "cluster-docker"),  # volumes and ConfigMaps are there for pods alone
}


def test_it_judges_every_case_and_example_with_every_operator(bags: tuple[Path, Mapping[str, Any]]) -> None:
    _, read = bags
    assert len(LOADED) == len(["pods", "cluster"]) + len(list(ROOT.glob("examples/*/pipeline.yaml"))) + len(CASES)
    wanted = {name for each in LOADED for name in (each.name, f"{each.name}-docker", f"{each.name}-kubernetes")}
    assert len(wanted) == 3 * len(LOADED)
    assert wanted - set(read) == REFUSED


def test_it_judges_every_pod_and_container_that_was_emitted(bags: tuple[Path, Mapping[str, Any]]) -> None:
    _, read = bags
    for kind, pipelines in (("pods", IN_PODS), ("containers", IN_DOCKER)):
        found = sum(len(read[each.name]["dags"][each.name][kind]) for each in pipelines)
        assert found == sum(len(tasks(each)) for each in pipelines) > 100


@pytest.mark.parametrize("fault", FAULTS)
def test_it_catches_a_seeded_fault(fault: str, bags: tuple[Path, Mapping[str, Any]]) -> None:
    folder, read = bags
    found = {
        "imports": judges.imports(MENDED, read[fault]),
        "shape": judges.shape(MENDED, read[fault]),
        "rules": judges.rules(folder)[fault],
    }
    assert {judge for judge, faults in found.items() if faults} == FAULTS[fault][1], found


@pytest.mark.parametrize("fault", IN_CONTAINERS)
def test_it_catches_a_seeded_fault_of_a_container(fault: str, bags: tuple[Path, Mapping[str, Any]]) -> None:
    folder, read = bags
    pipeline = IN_CONTAINERS[fault][0]
    found = {
        "imports": judges.imports(pipeline, read[fault]),
        "shape": judges.shape(pipeline, read[fault]),
        "containers": containers(pipeline, read[fault]),
        "rules": judges.rules(folder)[fault],
    }
    assert {judge for judge, faults in found.items() if faults} == IN_CONTAINERS[fault][3], found


@pytest.mark.parametrize("fault", IN_SCHEDULES)
def test_it_catches_a_seeded_fault_of_a_schedule(fault: str, bags: tuple[Path, Mapping[str, Any]]) -> None:
    _, read = bags
    assert judges.imports(SCHEDULED, read[fault]) == []
    assert judges.schedules(SCHEDULED, read[fault])
