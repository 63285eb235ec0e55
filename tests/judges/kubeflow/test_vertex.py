"""Vertex's judges: its own client, which makes a job of a definition without asking Google, and the reader."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.judges.kubeflow import judges, reader, vertex
from tests.judges.kubeflow.emitted import SOURCES, emit
from tests.judges.kubeflow.seeded import ON_VERTEX, PLATFORM, on_google_cloud, parts
from tests.judges.kubeflow.shape import shape

from pipeglot_backends.targets import BUILT_IN

TARGET = "vertex"
ALL = SOURCES if TARGET in BUILT_IN else ()
CAUGHT = ("an empty name", "no root")
"""Of all faults, those that Vertex's client sees before it asks Google. The reader catches every one."""


def faulty(fault: str) -> str:
    spec = on_google_cloud()
    ON_VERTEX[fault][0](parts(spec, copy.deepcopy(PLATFORM)))
    return json.dumps(spec)


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What Vertex's client says of all that is emitted, and of all faults, asked once: its import takes longest."""
    folder = tmp_path_factory.mktemp("definitions")
    texts = {f"emitted/{name}.json": emit(name, TARGET).document(TARGET) for name in ALL}
    texts |= {f"faulty/{fault.replace(' ', '-')}.json": faulty(fault) for fault in ON_VERTEX}
    texts["good.json"] = json.dumps(on_google_cloud())
    judges.write(folder, texts)
    found = judges.vertex(folder)
    assert set(found["judged"]) == set(texts), "as many were judged as were written"
    return found


def test_it_takes_a_good_definition(judged: Mapping[str, Any]) -> None:
    assert judged["judged"]["good.json"] == []


@pytest.mark.parametrize("fault", ON_VERTEX)
def test_the_client_catches_what_it_is_known_to(fault: str, judged: Mapping[str, Any]) -> None:
    said = judged["judged"][f"faulty/{fault.replace(' ', '-')}.json"]
    assert bool(said) == (fault in CAUGHT), said


def test_the_reader_knows_the_accelerators_that_google_names(judged: Mapping[str, Any]) -> None:
    assert sorted(vertex.ACCELERATORS) == sorted(name for name in judged["accelerators"] if name.startswith("NVIDIA"))


@pytest.mark.parametrize("name", ALL)
def test_it_emits_what_nobody_has_anything_against(name: str, judged: Mapping[str, Any]) -> None:
    each = emit(name, TARGET)
    assert reader.on_vertex(each.document(TARGET)) == []
    assert judged["judged"][f"emitted/{name}.json"] == []
    assert shape(each.pipeline, json.loads(each.document(TARGET))) == []
