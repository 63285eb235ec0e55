"""Argo's judges on CronWorkflows, and what each of them catches."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.engines import environment
from tests.examples.everywhere import NAMES, path_of, profile_of
from tests.judges.argo import judges
from tests.judges.argo.emitted import read

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Overlap, Schedule
from pipeglot_backends.argo import RUN, VERSIONS
from pipeglot_backends.emit.yaml_text import dump

CRONS = ("0 6 * * 1", "*/15 * * * *", "5,25,45 8,9,10 1,15 2,11 0,6")
FAULTS: dict[str, tuple[Callable[[Any], object], set[str]]] = {
    "an unknown field": (lambda spec: spec.update(timezon="UTC"), {"schema", "hera", "lint"}),
    "the field of Argo 3.5": (lambda spec: spec.update(schedule=spec.pop("schedules")[0]), {"schema", "hera", "lint"}),
    "six fields": (lambda spec: spec.update(schedules=["0 0 6 * * 1"]), {"schema", "lint"}),
    "a Sunday of 7": (lambda spec: spec.update(schedules=["0 6 * * 7"]), {"lint"}),
    "a bad policy": (lambda spec: spec.update(concurrencyPolicy="Skip"), {"schema", "lint"}),
    "a bad zone": (lambda spec: spec.update(timezone="Europe/Bonn"), {"lint"}),
}


def manifests(cron: str, overlap: Overlap, version: str) -> dict[str, str]:
    path = path_of(NAMES[0])
    pipeline = load(path, profile_of(NAMES[0], "argo"))
    start, end = "2026-01-01T00:00:00+00:00", "2030-01-01T00:00:00+00:00"
    schedule = Schedule(cron, "Europe/Berlin", pipeline.origin, overlap=overlap, start=start, end=end)
    wanted = replace(pipeline, schedule=schedule)
    return {file.path: file.text for file in compiled(wanted, f"argo@{version}").native}


ALL = [(cron, overlap, version) for cron in CRONS for overlap in Overlap for version in VERSIONS]


def named(number: int) -> str:
    return f"{number}.yaml"


@pytest.fixture(scope="session")
def faulty() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for fault, (change, _) in FAULTS.items():
        document = read(manifests(CRONS[0], Overlap.ALLOW, RUN[-1])["cronworkflow.yaml"])
        change(document["spec"])
        found[fault] = dump(document)
    return found


@pytest.fixture(scope="session")
def hera(faulty: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    try:
        python = environment.interpreter("argo")
    except environment.CannotInstall as fault:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"hera cannot be installed here: {str(fault).splitlines()[-1]}")
    folder = tmp_path_factory.mktemp("schedules")
    texts = {named(number): manifests(*each)["cronworkflow.yaml"] for number, each in enumerate(ALL)}
    texts |= {f"{fault}.yaml": text for fault, text in faulty.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    found = judges.hera(python, folder)
    assert set(found) == set(texts), "as many were judged as were written"
    return found


@pytest.fixture
def official() -> None:
    if not judges.schemas_are_there():
        pytest.skip(f"no official schemas in {judges.SCHEMAS}: PIPEGLOT_JUDGES names their folder")
    for version in RUN:
        if not judges.linter_is_built(version):
            pytest.skip(f"Argo {version}'s linter is not built: python tests/engines/rig build")


def test_it_emits_what_argo_allows(official: None, hera: Mapping[str, list[str]]) -> None:
    for number, (cron, overlap, version) in enumerate(ALL):
        text = manifests(cron, overlap, version)["cronworkflow.yaml"]
        assert judges.schema(version, read(text)) == []
        assert hera[named(number)] == []


@pytest.mark.parametrize("version", RUN)
def test_it_emits_what_argo_lints_without_a_word(version: str, official: None, tmp_path: Path) -> None:
    made = [manifests(*each) for each in ALL if each[-1] == version]
    texts = [made[0]["workflowtemplate.yaml"], *(each["cronworkflow.yaml"] for each in made)]
    assert judges.lint(version, "---\n".join(texts), tmp_path) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_it_catches_a_seeded_fault(
    fault: str, faulty: Mapping[str, str], hera: Mapping[str, list[str]], official: None, tmp_path: Path
) -> None:
    template = manifests(CRONS[0], Overlap.ALLOW, RUN[-1])["workflowtemplate.yaml"]
    found = {
        "schema": judges.schema(RUN[-1], read(faulty[fault])),
        "hera": hera[f"{fault}.yaml"],
        "lint": judges.lint(RUN[-1], f"{template}---\n{faulty[fault]}", tmp_path),
    }
    assert {judge for judge, faults in found.items() if faults} == FAULTS[fault][1], found
