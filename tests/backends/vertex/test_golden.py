"""The definitions of small pipelines, as they were last read by a person. `PIPEGLOT_GOLDEN=1` writes them anew.

What is packed is left out, for the sidecar changes with each of its modules, and so are hashes.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conformance.cases import CASES
from tests.judges.kubeflow.shape import shape

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver import compiling
from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends import vertex
from pipeglot_backends.protocol import EmittedFile

EXPECTED = Path(__file__).parent / "expected"
PIPELINES = {case.name: case.pipeline for case in CASES} | {
    "placed": Path(__file__).parent / "pipelines/placed.yaml",
    "exits": Path(__file__).parents[1] / "kubeflow/pipelines/exits.yaml",
}
INLINE = ["exits", "fan_in_artifacts", "placed"]
IMPORTED = ["exits", "fan_in_artifacts"]
REFUSED = ["fail_fast", "foreach_fail_fast", "optional_secret"]
HASH = re.compile("sha256:[0-9a-f]{64}")
PACKED = re.compile(r'LRx4!F\+o`-Q[^"\n]{60,}')
NAMED = re.compile(r"pipeglot-[0-9a-f]{16}\.py")


def emitted(pipeline: Pipeline) -> dict[str, str]:
    return {file.path: file.text for file in compiled(pipeline, "vertex").native}


def text_of(name: str, beside: bool) -> str:
    pipeline = load(PIPELINES[name])
    found = emitted(replace(pipeline, artifacts="gs://acme-ml/kept") if beside else pipeline)
    text = NAMED.sub("pipeglot-(hash).py", PACKED.sub("(packed)", found["pipeline.json"]))
    return HASH.sub("sha256:(hash)", text)


@pytest.mark.parametrize(
    ("name", "beside"), [*((name, False) for name in INLINE), *((name, True) for name in IMPORTED)]
)
def test_it_writes_the_definition_that_was_read(name: str, beside: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if beside:
        monkeypatch.setattr(vertex, "INLINE_LIMIT", 0)
    path = EXPECTED / ("imported" if beside else "inline") / f"{name}.json"
    text = text_of(name, beside)
    if os.environ.get("PIPEGLOT_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    assert path.read_bytes().decode("utf-8") == text
    assert text_of(name, beside) == text, "the same bytes again"


def test_it_keeps_no_file_that_nothing_emits() -> None:
    wanted = {EXPECTED / "inline" / f"{name}.json" for name in INLINE}
    assert set(EXPECTED.rglob("*.json")) == wanted | {EXPECTED / "imported" / f"{name}.json" for name in IMPORTED}


def test_it_writes_the_sidecar_beside_a_long_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vertex, "INLINE_LIMIT", 0)
    pipeline = replace(load(PIPELINES["placed"]), artifacts="gs://acme-ml/kept/")
    (name, sidecar), (document, text) = emitted(pipeline).items()
    assert NAMED.fullmatch(name)
    assert (document, sidecar) == ("pipeline.json", compiling.sidecar_text())
    executors = json.loads(text)["deploymentSpec"]["executors"]
    assert executors["exec-pipeglot-sidecar"]["importer"]["artifactUri"] == {"constant": f"gs://acme-ml/kept/{name}"}
    assert vertex.tasks(pipeline, compiled(pipeline, "vertex").native)[0][0] == "pipeglot-sidecar"


def test_it_says_what_a_long_definition_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vertex, "INLINE_LIMIT", 1000)
    with pytest.raises(SpecRejected, match=r"PG401: `vertex` cannot keep this: the definition has \d+ KiB") as rejected:
        emitted(load(PIPELINES["placed"]))
    assert "artifacts: gs://" in str(rejected.value.diagnostics[0].hint)


def test_it_reaches_every_task_with_the_sidecar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each container is started by the sidecar that its graph brings, or by its own where it is alone."""
    monkeypatch.setattr(vertex, "INLINE_LIMIT", 0)
    compiling_cases = [pipeline for case in CASES if (pipeline := load(case.pipeline)) and not refused(pipeline)]
    alone = 0
    for pipeline in compiling_cases:
        spec = json.loads(emitted(replace(pipeline, artifacts="gs://acme-ml"))["pipeline.json"])
        assert shape(pipeline, spec) == []
        for component in spec["components"].values():
            executor = spec["deploymentSpec"]["executors"].get(component.get("executorLabel"), {})
            if "container" in executor:
                if executor["container"]["command"][1] == "-I" and "execute" not in executor["container"]["command"]:
                    continue  # python3 is all that it needs
                brought = "pipeglot-sidecar" in component["inputDefinitions"].get("artifacts", {})
                started = executor["container"]["command"][1] == "{{$.inputs.artifacts['pipeglot-sidecar'].path}}"
                assert brought == started
                alone += not brought
    assert len(compiling_cases) == len(CASES) - len(REFUSED)
    assert alone == 19, "of graphs of one container: of one step, and of the steps of `on_exit` that follow once more"


def refused(pipeline: Pipeline) -> tuple[str, ...]:
    backend, version = compiling.find_target("vertex")
    return tuple(each.message for each in compiling.refusals(pipeline, backend, version))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_compiles_a_case_or_says_why_not(case: object) -> None:
    pipeline = load(PIPELINES[case.name])  # type: ignore[attr-defined]
    reasons = refused(pipeline)
    if reasons:
        with pytest.raises(SpecRejected, match="PG401: `vertex` cannot keep this: "):
            compiled(pipeline, "vertex")
        assert all("can)" in reason for reason in reasons), "others can, and are named"
    else:
        files: tuple[EmittedFile, ...] = compiled(pipeline, "vertex").native
        assert [file.path for file in files] == ["pipeline.json"]


def test_it_refuses_no_other_case() -> None:
    assert [case.name for case in CASES if refused(load(case.pipeline))] == REFUSED
