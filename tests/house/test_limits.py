"""The limits of the house style that a machine can hold."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("compiler", "backends", "metadata", "schemas")
LINES_OF_A_FILE = 500
LINES_OF_A_FUNCTION = 60
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}


def tracked(*folders: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for path in (ROOT / name for name in listed.stdout.splitlines()) if path.is_file()]


def sources() -> list[Path]:
    return [path for path in tracked(*ROOMS) if path.suffix == ".py" and "generated" not in path.parts]


def test_it_finds_the_sources() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in sources()} == set(ROOMS)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_it_keeps_modules_small_and_introduced(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= LINES_OF_A_FILE, "a file of more than 500 lines holds more than one noun"
    if text.strip():
        assert ast.get_docstring(tree), "every module starts with one line saying what it is for"
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LINES_OF_A_FUNCTION
    ]
    assert not long


def test_it_names_modules_for_what_they_hold() -> None:
    assert not [path for path in sources() if path.stem in FORBIDDEN_NAMES]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"type: ignore(?!\[)", "a `type: ignore` names its code"),
        (r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError", "nothing unfinished is called done"),
        (r"except:\s*$|except (Base)?Exception:\s*pass", "an error is not swallowed"),
        (r"mark\.xfail|expectedFailure", "no test may fail unseen"),
    ],
)
def test_it_keeps_promises_in_the_text(pattern: str, why: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked(*ROOMS, "tests", "examples")
        if path.suffix == ".py" and path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not found, why
