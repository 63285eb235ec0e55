"""Bases: what lies under a pipeline, whose place every part keeps, and what cannot be extended."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Origin
from pipeglot.driver import recognition
from pipeglot.driver.compiling import validate
from pipeglot.driver.loading import load, profiles_of

HEAD = "apiVersion: pipeglot/v1\nkind: Base\n"
ORG = """\
metadata: {description: what we say once, labels: {team: data, tier: gold}}
defaults: {image: "python:3.11-slim", retry: {limit: 2, delay: 5s}, env: {A: org, B: org, C: org}}
records: {capture: [git], on_failure: fail}
profiles:
  prod: {target: argo, artifacts: "s3://team/made", argo: {namespace: team}, params: {rows: 10}}
  ci: {target: local}
"""
ML = """\
extends: ./org.yaml
defaults: {env: {B: ml, C: ml}, retry: {limit: 3}}
profiles:
  prod: {artifacts: "s3://ml/made", params: {rows: 20}}
"""
PIPELINE = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: p, labels: {tier: silver}}
extends: bases/ml.yaml
params: {rows: {type: int, default: 1}}
defaults: {env: {C: own}}
steps:
  a: {run: [echo, "${{ params.rows }}"]}
  b: {image: "debian:12", run: [echo]}
profiles:
  prod: {argo: {namespace: mine}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bases").mkdir()
    (tmp_path / "bases/org.yaml").write_text(HEAD + ORG, "utf-8")
    (tmp_path / "bases/ml.yaml").write_text(HEAD + ML, "utf-8")
    (tmp_path / "pipeline.yaml").write_text(PIPELINE, "utf-8")
    return tmp_path


def said(path: Path) -> list[Diagnostic]:
    with pytest.raises(SpecRejected) as rejected:
        validate(path)
    return list(rejected.value.diagnostics)


def test_the_nearest_says_what_holds(folder: Path) -> None:
    found = load(folder / "pipeline.yaml")
    a, b = found.steps
    assert (a.image, b.image) == ("python:3.11-slim", "debian:12")
    assert a.env == {"A": ["lit", "org"], "B": ["lit", "ml"], "C": ["lit", "own"]}
    assert a.retry is not None
    assert (a.retry.limit, a.retry.delay) == (3, 5.0)
    assert found.labels == {"team": "data", "tier": "silver"}
    assert (found.records.capture, found.records.fail) == (("git",), True)


def test_a_profile_is_laid_over_those_of_the_bases(folder: Path) -> None:
    found = load(folder / "pipeline.yaml", "prod")
    assert (found.target, found.artifacts) == ("argo", "s3://ml/made")
    assert found.settings == {"argo": {"namespace": "mine"}}
    assert [param.default for param in found.params] == [20]
    assert load(folder / "pipeline.yaml", "ci").target == "local"
    assert set(profiles_of(folder / "pipeline.yaml")) == {"prod", "ci"}
    assert len(validate(folder / "pipeline.yaml").pipelines) == 3


def test_a_profile_in_a_file_of_its_own_lies_over_them_too(folder: Path) -> None:
    (folder / "pipeline.ci.yaml").write_text("defaults: {env: {B: ci}}\n", "utf-8")
    found = load(folder / "pipeline.yaml", "ci")
    assert (found.target, found.steps[0].env["B"]) == ("local", ["lit", "ci"])


@pytest.mark.parametrize(
    ("file", "before", "after", "code", "path"),
    [
        ("bases/org.yaml", "limit: 2", "limt: 2", "PG210", ("defaults", "retry", "limt")),
        ("bases/org.yaml", "delay: 5s", "delay: 5", "PG304", ("defaults", "retry", "delay")),
        ("bases/ml.yaml", "{B: ml", "{B: '${{ params.no }}'", "PG203", ("defaults", "env", "B")),
        ("bases/org.yaml", "{namespace: team}", "{namespac: team}", "PG430", ("profiles", "prod", "argo", "namespac")),
        ("bases/ml.yaml", "{rows: 20}", "{rows: many}", "PG312", ("profiles", "prod", "params", "rows")),
        ("pipeline.yaml", "{C: own}", "{C: '${{ params.no }}'}", "PG203", ("defaults", "env", "C")),
        ("bases/org.yaml", "records:", "steps: {a: {run: [x]}}\nrecords:", "PG210", ("steps",)),
    ],
)
def test_a_mistake_stands_in_its_own_file(
    file: str, before: str, after: str, code: str, path: tuple[str, ...], folder: Path
) -> None:
    changed = folder / file
    changed.write_text(changed.read_text("utf-8").replace(before, after), "utf-8")
    found = [each for each in said(folder / "pipeline.yaml") if each.code == code]
    assert [each.origin for each in found[:1]] == [Origin(changed.as_posix(), path)]


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("pipeline.yaml", "bases/ml.yaml", "bases/no.yaml", "`bases/no.yaml` cannot be extended: it does not exist"),
        ("pipeline.yaml", "bases/ml.yaml", "pipeline.yaml", "these files extend each other"),
        ("bases/org.yaml", "metadata:", "extends: ml.yaml\nmetadata:", "these files extend each other"),
        ("pipeline.yaml", "bases/ml.yaml", "../ml.yaml", "it lies outside of the repository"),
        ("bases/ml.yaml", "kind: Base", "kind: Pipeline", "it is no base, whose `kind` is `Base`"),
        ("bases/ml.yaml", "defaults:", "defaults: [", "a list begins with `[`"),
    ],
)
def test_what_cannot_be_extended(file: str, before: str, after: str, message: str, folder: Path) -> None:
    (folder / ".git").mkdir()
    changed = folder / file
    changed.write_text(changed.read_text("utf-8").replace(before, after, 1), "utf-8")
    assert any(message in each.message for each in said(folder / "pipeline.yaml")), said(folder / "pipeline.yaml")


def test_six_under_each_other_are_one_too_many(folder: Path) -> None:
    for number in range(6):
        more = f"extends: ./{number + 1}.yaml\n" if number < 5 else ""
        (folder / f"bases/{number}.yaml").write_text(HEAD + more, "utf-8")
    path = folder / "pipeline.yaml"
    path.write_text(PIPELINE.replace("ml.yaml", "1.yaml"), "utf-8")
    assert len(load(path).steps) == 2
    path.write_text(PIPELINE.replace("ml.yaml", "0.yaml"), "utf-8")
    assert [each.message for each in said(path)] == [
        "`./5.yaml` cannot be extended: 5 files lie under this one already"
    ]


def test_a_base_is_checked_by_itself_and_neither_run_nor_used(folder: Path) -> None:
    assert validate(folder / "bases/ml.yaml").diagnostics == ()
    with pytest.raises(SpecRejected, match="is a base, which pipelines extend: it does not run by itself"):
        load(folder / "bases/ml.yaml")
    path = folder / "pipeline.yaml"
    path.write_text(PIPELINE.replace('{image: "debian:12", run: [echo]}', "{uses: ./bases/ml.yaml}"), "utf-8")
    assert "cannot be used: it is a base" in said(path)[0].message
    (folder / "bases/ml.yaml").write_text(HEAD + ML.replace("limit: 3", "limit: x"), "utf-8")
    assert [each.code for each in said(folder / "bases/ml.yaml")] == ["PG318"]


def test_a_change_of_a_base_concerns_those_that_extend_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    mine = Path("pipeline.yaml")
    for base in ("bases/org.yaml", "bases/ml.yaml"):
        assert recognition.concerned([mine], {Path(base)}) == [mine]
    assert recognition.pipelines_in(Path("bases")) == {}
