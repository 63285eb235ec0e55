"""Argo's judges on every manifest that the target emits, and what each of them catches."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.cases import CASES
from tests.engines import environment
from tests.judges.argo import judges
from tests.judges.argo.emitted import ALL, MANIFESTS, REFUSED, SOURCES, Emitted, emit, read

from pipeglot.driver.compiling import find_target, load, refusals
from pipeglot_backends.argo import RUN
from pipeglot_backends.emit.yaml_text import dump

FAULTY = "on_exit_failure"
CONFIG_MAPS = ("configmap.yaml", "sidecar.yaml")
CODE = "code.yaml"
"""Beside them, where code is packed."""
Change = Callable[[Any, dict[str, Any]], object]


def _task(templates: dict[str, Any], name: str) -> Any:
    return next(task for task in templates["main"]["dag"]["tasks"] if task["name"] == name)


FAULTS: dict[str, tuple[Change, set[str]]] = {
    "an unknown field": (lambda spec, _: spec.update(entripoint="main"), {"schema", "hera", "lint"}),
    "an unknown field deep down": (
        lambda _, named: named["mended"]["retryStrategy"].update(limits="1"), {"schema", "hera", "lint"},
    ),
    "a number where text is wanted": (
        lambda spec, _: spec["arguments"]["parameters"][0].update(value=5), {"schema", "hera"},
    ),
    "text where a number is wanted": (lambda spec, _: spec.update(parallelism="two"), {"schema", "hera", "lint"}),
    "a bad retry policy": (
        lambda _, named: named["mended"]["retryStrategy"].update(retryPolicy="Sometimes"), {"schema", "lint"},
    ),
    "a bad quantity": (
        lambda _, named: named["good"]["container"].update(resources={"limits": {"memory": "1Q"}}), {"schema", "lint"},
    ),
    "no image": (lambda _, named: named["good"]["container"].pop("image"), {"lint"}),
    "no entrypoint": (lambda spec, _: spec.pop("entrypoint"), {"shape"}),
    "a template that is not there": (
        lambda _, named: _task(named, "good").update(template="gold"), {"lint"},
    ),
    "a need that is not there": (lambda _, named: _task(named, "after").update(depends="bad-too"), {"lint", "shape"}),
    "a cycle": (lambda _, named: _task(named, "good").update(depends="good"), {"lint", "shape"}),
    "an output that nobody makes": (
        lambda _, named: _task(named, "after").update(
            arguments={"parameters": [{"name": "x", "value": "{{tasks.bad-two.outputs.parameters.nothing}}"}]}
        ),
        {"lint"},
    ),
    "an argument that is missing": (
        lambda _, named: named["good"].update(inputs={"parameters": [{"name": "x"}]}), {"lint"},
    ),
    "a bad name": (lambda _, named: named["good"].update(name="a b"), {"schema", "lint"}),
    "a syntax error in an expression": (
        lambda _, named: named["mended"]["retryStrategy"].update(expression="lastRetry.exitCode in ["), set(),
    ),
    "a missing edge": (lambda _, named: _task(named, "after").pop("depends"), {"shape"}),
    "a leaf that is no target": (
        lambda _, named: named["main"]["dag"].update(target="good bad-two bad-one mended"), {"shape"},
    ),
    "another step": (lambda _, named: named["good"]["container"].update(args=["run", "gold"]), {"shape"}),
    "no exit step": (lambda _, named: named["on-exit"].update(steps=[[]]), {"shape"}),
}  # fmt: skip


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The text of a template for each fault."""
    found = {}
    for fault, (change, _) in FAULTS.items():
        template = emit(FAULTY, RUN[-1]).template
        change(template["spec"], {each["name"]: each for each in template["spec"]["templates"]})
        found[fault] = dump(template)
    assert emit(FAULTY, RUN[-1]).texts["workflowtemplate.yaml"] not in found.values()
    return found


@pytest.fixture(scope="session")
def schemas() -> None:
    if not judges.schemas_are_there():
        pytest.skip(f"no official schemas in {judges.SCHEMAS}: PIPEGLOT_JUDGES names their folder")


@pytest.fixture(scope="session")
def hera(faulty: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """What hera says of all files, asked once: to import its models takes longest."""
    try:
        python = environment.interpreter("argo")
    except environment.CannotInstall as fault:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"hera cannot be installed here: {str(fault).splitlines()[-1]}")
    folder = tmp_path_factory.mktemp("manifests")
    texts = {f"{fault}.yaml": text for fault, text in faulty.items()}
    for name, version in ALL:
        texts |= {f"{version}/{name}/{path}": text for path, text in emit(name, version).texts.items()}
    texts = {path: text for path, text in texts.items() if not path.endswith((*CONFIG_MAPS, CODE))}
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    found = judges.hera(python, folder)
    assert set(found) == set(texts), "as many were judged as were written"
    return found


@pytest.fixture(scope="session")
def linter() -> None:
    for version in RUN:
        if not judges.linter_is_built(version):
            pytest.skip(f"Argo {version}'s linter is not built: python tests/engines/rig build")


@pytest.mark.parametrize(("name", "version"), ALL, ids=lambda each: str(each))
def test_it_emits_what_the_official_schemas_allow(name: str, version: str, schemas: None) -> None:
    documents = emit(name, version).documents
    assert [judges.schema(version, document) for document in documents] == [[]] * len(documents)


def test_it_refuses_no_other_case() -> None:
    argo = find_target("argo")
    found = (case.name for case in CASES if refusals(load(case.pipeline, case.profiles.get("argo")), *argo))
    assert tuple(found) == REFUSED


def test_it_emits_what_comes_back_from_hera_without_loss(hera: Mapping[str, list[str]]) -> None:
    judged = {path: faults for path, faults in hera.items() if "/" in path}
    assert len(judged) == len(ALL) * (len(MANIFESTS) - len(CONFIG_MAPS))
    assert {path: faults for path, faults in judged.items() if faults} == {}


@pytest.mark.parametrize("version", RUN)
def test_it_emits_what_argo_lints_without_a_word(version: str, linter: None, tmp_path: Path) -> None:
    texts = [emit(name, version).texts["workflowtemplate.yaml"] for name in SOURCES]
    assert judges.lint(version, "---\n".join(texts), tmp_path) == []


def test_it_calls_run_what_the_rig_runs() -> None:
    from rig.places import RELEASES

    assert tuple(RELEASES) == RUN


@pytest.mark.parametrize(("name", "version"), ALL, ids=lambda each: str(each))
def test_it_keeps_steps_and_edges(name: str, version: str) -> None:
    made = emit(name, version)
    coded = any(step.code for step in made.pipeline.steps)
    assert tuple(made.texts) == ((CODE,) if coded else ()) + MANIFESTS
    assert judges.shape(made.pipeline, made.template) == []


def _found(made: Emitted, fault: str, text: str, hera: Mapping[str, list[str]], folder: Path) -> dict[str, list[str]]:
    return {
        "schema": judges.schema(made.version, read(text)),
        "hera": hera[f"{fault}.yaml"],
        "lint": judges.lint(made.version, text, folder),
        "shape": judges.shape(made.pipeline, read(text)),
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_it_catches_a_seeded_fault(
    fault: str, faulty: Mapping[str, str], hera: Mapping[str, list[str]], schemas: None, linter: None, tmp_path: Path
) -> None:
    found = _found(emit(FAULTY, RUN[-1]), fault, faulty[fault], hera, tmp_path)
    assert {judge for judge, faults in found.items() if faults} == FAULTS[fault][1], found
