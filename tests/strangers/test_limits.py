"""What the example cannot keep, or keeps in another way: each line is about something."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from tests.backends.limits import stale
from tests.conformance.cases import CASES, Case
from tests.strangers.distributions import EXAMPLE

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled
from pipeglot.driver.loading import load
from pipeglot_backends.protocol import Backend, Limit

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: test}\n"
MET = {
    "fan_out": "steps: {a: {run: x, foreach: {items: [1]}}}",
    "retry": "steps: {a: {run: x, retry: {limit: 1}}}",
    "allowed_failure": "steps: {a: {run: x, allow_failure: true}}",
    "on_exit": "steps: {a: {run: x}}\non_exit: {b: {run: x}}",
    "deadline": "deadline: 1h\nsteps: {a: {run: x}}",
    "image": "steps: {a: {run: x, image: y}}",
}


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    module: Backend = importlib.import_module("pipeglot_target_shellscript")
    return module


def test_no_line_is_stale(backend: Backend, tmp_path: Path) -> None:
    def written(text: str) -> Path:
        (tmp_path / "pipeline.yaml").write_text(HEAD + text, "utf-8")
        return tmp_path / "pipeline.yaml"

    plain = load(written("steps: {a: {run: x}}"))
    lines: dict[str, Limit] = {each.feature.__name__: each for each in (*backend.CANNOT, *backend.EMULATES)}
    assert set(lines) == set(MET)
    for name, text in MET.items():
        assert [*stale(backend, lines[name], plain, [load(written(text))])] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_compiled_or_refused(case: Case, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(site))
    pipeline = load(case.pipeline)
    asks = (
        any(each.fan_out or each.retry or each.allow_failure for each in pipeline.steps)
        or pipeline.on_exit
        or pipeline.deadline
    )
    if asks:
        with pytest.raises(SpecRejected) as rejected:
            compiled(pipeline, "shellscript")
        assert {each.code for each in rejected.value.diagnostics} == {"PG401"}
    else:
        files = compiled(pipeline, "shellscript").native
        assert [file.path for file in files] == [f"{pipeline.name}.sh", "sidecar.py", "steps.json"]
