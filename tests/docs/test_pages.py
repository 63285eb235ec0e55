"""What the pages of the project say is so: their pipelines are valid, their links lead somewhere, none is stale."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from tests.forked import pipeglot

from pipeglot.diagnostics import Severity
from pipeglot.driver.compiling import compile_file
from pipeglot.driver.loading import validate
from pipeglot.rendering.report import render
from pipeglot.spec.schema.generate import json_schema
from pipeglot.syntax.reader import read_file
from pipeglot_backends import setting_schemas
from pipeglot_backends.targets import BUILT_IN

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")
SAID = re.compile(r"^ *pipeline\.yaml:\d+:\d+: .*$", re.M)


def blocks(page: Path) -> list[str]:
    return [text for text in BLOCK.findall(page.read_text("utf-8")) if text.startswith("apiVersion: pipeglot/v1\n")]


WHOLE = [
    (page, number)
    for page in PAGES
    if "errors" not in page.parent.parts[-2:]  # those show faults, and have tests of their own
    for number in range(len(blocks(page)))
]


@pytest.mark.parametrize(("page", "number"), WHOLE, ids=lambda each: getattr(each, "name", str(each)))
def test_it_shows_pipelines_that_are_valid(page: Path, number: int, tmp_path: Path) -> None:
    text = blocks(page)[number]
    kind = next(word for word in ("Component", "Base", "Pipeline") if f"\nkind: {word}\n" in text).lower()
    for folder in (".git", "org", "pipelines"):
        (tmp_path / folder).mkdir()
    for base in (each for each in blocks(page) if "\nkind: Base\n" in each):
        (tmp_path / "org" / "base.yaml").write_text(base, "utf-8")
    path = tmp_path / "pipelines" / f"{kind}.yaml"
    path.write_text(text, "utf-8")
    found = validate(path)
    errors = [each for each in found.diagnostics if each.severity is Severity.ERROR]
    assert not errors, render(errors, found.sources, "concise")
    jsonschema.validate(read_file(path).data, json_schema(kind), cls=jsonschema.Draft202012Validator)


PART = re.compile(r"^```yaml\n((?:profiles:| {4}\w+:).*?)^```", re.M | re.S)
TARGET_PAGES = sorted((ROOT / "docs" / "targets").glob("*.md"))
MINIMAL = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: churn}\nsteps:\n  a: {image: python, run: [a]}\n"
PARTS = [(page, part) for page in TARGET_PAGES for part in PART.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "part"), PARTS, ids=lambda each: getattr(each, "name", ""))
def test_it_shows_profiles_that_are_valid(page: Path, part: str, tmp_path: Path) -> None:
    whole = part if part.startswith("profiles:") else f"profiles:\n  prod:\n    target: {page.stem}\n{part}"
    path = tmp_path / "pipeline.yaml"
    path.write_text(f"{MINIMAL}params:\n  rows: {{type: int, default: 1}}\n{whole}", "utf-8")
    found = validate(path)
    errors = [each for each in found.diagnostics if each.severity is Severity.ERROR]
    assert not errors, render(errors, found.sources, "concise")
    jsonschema.validate(read_file(path).data, json_schema(), cls=jsonschema.Draft202012Validator)


def test_it_shows_a_profile_of_every_target() -> None:
    assert {page.stem for page, _ in (*PARTS, *WHOLE) if page in TARGET_PAGES} == set(BUILT_IN)


@pytest.mark.parametrize("target", BUILT_IN)
def test_it_explains_every_setting_of_the_target(target: str) -> None:
    text = (ROOT / "docs" / "targets" / f"{target}.md").read_text("utf-8")
    assert [name for name in setting_schemas.table(target) if f"\n| `{name}` |" not in text] == []


def test_it_shows_enough_pipelines() -> None:
    """Else a change of how pages write them would leave the test before without work."""
    assert {page.relative_to(ROOT).as_posix() for page, _ in WHOLE} >= {"README.md", "docs/reference/pipeline.md"}


def test_it_shows_the_message_that_is_printed(tmp_path: Path) -> None:
    readme = ROOT / "README.md"
    (shown,) = SAID.findall(readme.read_text("utf-8"))
    (pipeline,) = blocks(readme)
    (tmp_path / "pipeline.yaml").write_text(pipeline.replace(".auc >=", ".acu >="), "utf-8")
    done = pipeglot("validate", "--format", "concise", folder=tmp_path)
    assert shown.strip() in (done.stdout + done.stderr).splitlines()


@pytest.mark.parametrize("target", BUILT_IN)
def test_the_first_pipeline_that_is_shown_compiles_for(target: str, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text(f"{blocks(ROOT / 'README.md')[0]}profiles: {{cloud: {{artifacts: 'gs://acme/churn'}}}}\n", "utf-8")
    assert compile_file(path, target, "cloud" if target == "vertex" else None).native


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_it_links_to_what_is_there(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert missing == []


def test_it_keeps_generated_pages_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: `make docs`, and read the difference"


def test_it_names_cases_and_tests_that_exist() -> None:
    text = "\n".join(page.read_text("utf-8") for page in (ROOT / "docs").rglob("*.md"))
    cases = {name for names in re.findall(r"\bcases? ((?:`\w+`(?:, )?)+)", text) for name in re.findall(r"\w+", names)}
    missing = [name for name in sorted(cases) if not (ROOT / "tests" / "conformance" / name / "pipeline.yaml").exists()]
    missing += [path for path in sorted(set(re.findall(r"\btests/[\w/]+\.\w+", text))) if not (ROOT / path).exists()]
    assert len(cases) > 10
    assert missing == []


def test_it_names_tests_that_are_there() -> None:
    """Of the table of faults: each line by at least one test, by its file and its name."""
    page = (ROOT / "docs" / "internals" / "faults.md").read_text("utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| kind ")]
    named = [re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", line) for line in lines]
    assert len(lines) > 40
    assert all(named)
    assert [test for tests in named for test in tests if f"def {test[1]}(" not in (ROOT / test[0]).read_text()] == []
