"""The reader of definitions: silent about good ones, and each fault of the table is told."""

from __future__ import annotations

import copy
import json

import pytest
import yaml
from tests.judges.kubeflow import reader
from tests.judges.kubeflow.seeded import FAULTS, GOOD, ON_VERTEX, PLATFORM, SPEC, TEXTS, faulty, on_google_cloud, parts


def test_it_has_nothing_against_a_good_document() -> None:
    assert reader.kubeflow(GOOD) == []
    assert reader.kubeflow(yaml.safe_dump_all([SPEC, PLATFORM])) == []
    assert reader.kubeflow(yaml.safe_dump(SPEC)) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_it_catches_a_fault(fault: str) -> None:
    change, said = FAULTS[fault]
    found = reader.kubeflow(faulty(change))
    assert [each for each in found if said in each], found


@pytest.mark.parametrize("fault", TEXTS)
def test_it_reads_yaml_as_the_server_does(fault: str) -> None:
    old, new, said = TEXTS[fault]
    assert GOOD.count(old) >= 1
    found = reader.kubeflow(GOOD.replace(old, new, 1))
    assert [each for each in found if said in each], found


def test_it_has_nothing_against_a_good_document_for_vertex() -> None:
    assert reader.on_vertex(json.dumps(on_google_cloud())) == []


@pytest.mark.parametrize("fault", ON_VERTEX)
def test_it_catches_a_fault_on_vertex(fault: str) -> None:
    change, said = ON_VERTEX[fault]
    spec = on_google_cloud()
    change(parts(spec, copy.deepcopy(PLATFORM)))
    found = reader.on_vertex(json.dumps(spec))
    assert [each for each in found if said in each], found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD, "unreadable"),
        (json.dumps(on_google_cloud()) + "{}", "unreadable"),
        ('{"root": 1, "root": 2}', "a key stands twice"),
        ('{"root": NaN}', "NaN is no JSON"),
    ],
)
def test_it_takes_one_json_document_on_vertex(text: str, said: str) -> None:
    found = reader.on_vertex(text)
    assert [each for each in found if said in each], found
