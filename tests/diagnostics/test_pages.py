"""Each code owns a folder: a wrong spec with the exact text that is printed, a right one, and what to know."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.diagnostics import pages

from pipeglot.diagnostics.catalogue import codes, explain

GOLDEN = bool(os.environ.get("PIPEGLOT_GOLDEN"))
SOURCES = ("compiler", "backends", "metadata")
FOLDERS = pages.folders()
RUN = [folder for folder in FOLDERS if pages.read(folder).is_run]
RIGHT = [folder for folder in RUN if pages.read(folder).right]


def name(folder: Path) -> str:
    return folder.name


@pytest.mark.parametrize("folder", RUN, ids=name)
def test_it_prints_what_the_page_says(folder: Path, tmp_path: Path) -> None:
    page = pages.read(folder)
    printed = pages.printed(page, tmp_path)
    expected = folder / "expected.txt"
    if GOLDEN:
        expected.write_text(printed, "utf-8")
    assert f"[{page.code}]" in printed
    assert printed == expected.read_text("utf-8")


@pytest.mark.parametrize("folder", RIGHT, ids=name)
def test_it_accepts_the_right_spec_of_the_page(folder: Path, tmp_path: Path) -> None:
    for code, text in pages.printed_for_right(pages.read(folder), tmp_path):
        assert code == 0, text


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_it_shows_on_the_page_what_stands_in_the_files(folder: Path) -> None:
    page = pages.read(folder)
    expected = folder / "expected.txt"
    text = pages.composed(page, expected.read_text("utf-8") if page.is_run else None)
    if GOLDEN:
        (folder / "README.md").write_text(text, "utf-8")
    assert (folder / "README.md").read_text("utf-8") == text
    assert text.startswith(f"# {folder.name}: ")


def test_it_has_a_page_for_every_code_in_the_source_and_no_other() -> None:
    found = {
        code
        for source in SOURCES
        for path in (pages.ROOT / source).rglob("*.py")
        for code in re.findall(r"\"(PG\d{3})\"", path.read_text("utf-8"))
    }
    assert found == {folder.name for folder in FOLDERS}


def test_it_lists_all_pages_with_their_titles() -> None:
    text = pages.index()
    if GOLDEN:
        (pages.FOLDER / "README.md").write_text(text, "utf-8")
    assert (pages.FOLDER / "README.md").read_text("utf-8") == text


def test_it_explains_a_code_by_its_page() -> None:
    assert explain("PG101") == (pages.FOLDER / "PG101" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("code", ["PG000", "../PG101", "", "pg101"])
def test_it_explains_nothing_that_is_no_code(code: str) -> None:
    assert explain(code) is None


def test_it_lists_the_codes_in_order() -> None:
    assert list(codes()) == sorted(codes())
    assert "PG101" in codes()
