"""Kubeflow's judges on every definition that the target emits, and what each of them catches."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.examples.everywhere import NAMES
from tests.judges.kubeflow import judges, reader
from tests.judges.kubeflow.emitted import SOURCES, Emitted, emit, versions
from tests.judges.kubeflow.seeded import FAULTS, IN_SHAPE, faulty
from tests.judges.kubeflow.shape import shape

TARGET = "kubeflow"
*OLDER, NEWEST = versions(TARGET)
DIFFER = (*NAMES, "deadline", "heavy", "leaving", "retry_third")
"""The examples, and that of which not the same is emitted for every version."""
ALL = [*((name, NEWEST) for name in SOURCES), *((name, version) for version in OLDER for name in DIFFER)]
OF_THE_SDK = 7
BOTH = {"protobuf", "loader"}
CAUGHT: Mapping[str, set[str]] = {
    "an unknown field": BOTH,
    "an unknown field deep down": BOTH,
    "a bad enum": BOTH,
    "no root": {"loader"},
    "two implementations": BOTH,
    "two sources of a value": BOTH,
    "an unknown type": BOTH,
    "an iterator over artifacts": BOTH,
    "a bad duration": BOTH,
    "retries that are no number": BOTH,
    "an unknown field of a place": {"protobuf"},
}
"""Of all faults, those that Kubeflow's own code sees before it runs anything. The reader catches every one."""


def emitted() -> Mapping[str, Emitted]:
    return {f"{version}/{name}.yaml": emit(name, f"{TARGET}@{version}") for name, version in ALL}


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What Kubeflow's code says of all that is emitted, and of all faults, asked once: its import takes longest."""
    folder = tmp_path_factory.mktemp("definitions")
    texts = {path: each.document(TARGET) for path, each in emitted().items()}
    texts |= {f"faulty/{fault.replace(' ', '-')}.yaml": faulty(change) for fault, (change, _) in FAULTS.items()}
    judges.write(folder, texts)
    found = judges.kubeflow(folder)
    assert set(found) == set(texts), "as many were judged as were written"
    return found


@pytest.mark.parametrize(("name", "version"), ALL, ids=lambda each: str(each))
def test_it_emits_what_the_reader_has_nothing_against(name: str, version: str) -> None:
    assert reader.kubeflow(emit(name, f"{TARGET}@{version}").document(TARGET)) == []


@pytest.mark.parametrize(("name", "version"), ALL, ids=lambda each: str(each))
def test_it_keeps_steps_and_edges(name: str, version: str) -> None:
    each = emit(name, f"{TARGET}@{version}")
    assert shape(each.pipeline, each.spec(TARGET)) == []


def test_it_emits_what_kubeflow_reads(judged: Mapping[str, Any]) -> None:
    found = {path: judged[path]["protobuf"] + judged[path]["loader"] for path in emitted()}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_kubeflow_reads_as_many_tasks_as_were_emitted(judged: Mapping[str, Any]) -> None:
    for path, each in emitted().items():
        spec = each.spec(TARGET)
        graphs = {"root": spec["root"], **spec["components"]}
        wanted = [
            [place, key, task["taskInfo"]["name"], task["componentRef"]["name"], sorted(task.get("dependentTasks", []))]
            for place, component in graphs.items()
            for key, task in component.get("dag", {}).get("tasks", {}).items()
        ]
        assert sorted(task[:5] for task in judged[path]["tasks"]) == sorted(wanted), path


def test_the_reader_accepts_what_kubeflows_own_compiler_writes(tmp_path: Path) -> None:
    found = {name: reader.kubeflow(text) for name, text in judges.by_the_sdk(tmp_path).items()}
    assert len(found) == OF_THE_SDK
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_judge_catches_what_it_is_known_to(fault: str, judged: Mapping[str, Any]) -> None:
    said = judged[f"faulty/{fault.replace(' ', '-')}.yaml"]
    caught = {judge for judge in ("protobuf", "loader") if said[judge]}
    assert caught == CAUGHT.get(fault, set()), said


@pytest.mark.parametrize("fault", IN_SHAPE)
def test_it_sees_what_was_changed(fault: str) -> None:
    name, change, said = IN_SHAPE[fault]
    each = emit(name, TARGET)
    spec = copy.deepcopy(each.spec(TARGET))
    change(spec)
    found = shape(each.pipeline, spec)
    assert [told for told in found if told.startswith(said)], found
