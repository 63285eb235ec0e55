"""Every page's hint is followed by a program: the spec is accepted then, or says the next of its mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.diagnostics import pages

from pipeglot.rendering.fixes import OPEN

ROUNDS = 3
FILLED = {"PG308": "0", "PG325": "data", "PG401": "python:3.12-slim"}
"""What an author says in the place of what is left open."""


def _as_script(raw: bytes, line: int) -> bytes:
    """The list of arguments of that line as one text, each word of it but those of shells in quotes."""
    lines = raw.decode().split("\n")
    head, _, words = lines[line - 1].partition("run: ")
    text = " ".join(each if set(each) <= set("<>|&") else f'"{each}"' for each in yaml.safe_load(words))
    lines[line - 1] = f"{head}run: '{text}'"
    return "\n".join(lines).encode()


BY_HAND: dict[str, Callable[[bytes, int], bytes]] = {
    "save the file as UTF-8": lambda raw, _: raw.decode("latin-1").encode(),
    "save it as UTF-8": lambda raw, _: raw.decode("utf-16").encode(),
    "write `run` as a text, which is a script": _as_script,
    "put each pipeline in a file of its own": lambda raw, line: b"".join(raw.splitlines(True)[: line - 1]),
}
"""What no edit of the text does: by the hint, what becomes of the bytes before the line."""
NO_HINT = {
    "which of two was meant is not to be seen": "PG101 PG202 PG209 PG220 PG305 PG313 PG319 PG324",
    "what was meant is not to be seen": "PG100 PG108 PG124 PG214 PG301 PG306 PG307 PG309 PG312 PG316 PG318 PG320 PG328",
    "what is missing is the author's": "PG107 PG211 PG212 PG303 PG323",
    "the graph is the author's": "PG119 PG204 PG213",
    "names are the author's": "PG207 PG208 PG215",
    "there is too much of it": "PG115 PG116 PG117 PG326 PG336 PG351",
    "the way is another one, which the message names": "PG105 PG127 PG217 PG346 PG390 PG410",
}
"""Pages whose right spec is a decision: they carry no hint."""
DECIDED = {code for codes in NO_HINT.values() for code in codes.split()}
PAGES = [
    folder
    for folder in pages.folders()
    if folder.name < "PG5" and pages.read(folder).is_run and "--params-file" not in pages.read(folder).command
]


def said(page: pages.Page, place: Path) -> list[dict[str, Any]]:
    """What the last command of the page says."""
    *before, last = page.command.splitlines()
    for line in before:
        pages.run(line, place)
    _, printed = pages.run(f"{last} --format json", place)
    found: list[dict[str, Any]] = json.loads(printed).get("diagnostics", []) if printed.startswith("{") else []
    return found


def followed(found: dict[str, Any], place: Path) -> None:
    """Does what the hint says."""
    path, fix = place / found.get("file", "pipeline.yaml"), found["fix"]
    if found["hint"] in BY_HAND:
        path.write_bytes(BY_HAND[found["hint"]](path.read_bytes(), found.get("line", 0)))
        return
    assert fix is not None, f"no program can follow `{found['hint']}`"
    text = path.read_bytes().decode()
    lines = text.split("\n")
    start, end = (
        sum(len(line) + 1 for line in lines[: fix[f"{which}line"] - 1]) + fix[f"{which}column"] - 1
        for which in ("", "end_")
    )
    assert (OPEN in fix["text"]) == (found["code"] in FILLED)
    made = fix["text"].replace(OPEN, FILLED.get(found["code"], OPEN))
    path.write_bytes((text[:start] + made + text[end:]).encode())


@pytest.mark.parametrize("folder", PAGES, ids=lambda folder: folder.name)
def test_it_takes_the_spec_once_its_hints_were_followed(folder: Path, tmp_path: Path) -> None:
    page = pages.read(folder)
    pages.lay_out(page, tmp_path)
    found = said(page, tmp_path)
    assert folder.name in {each["code"] for each in found}
    if folder.name in DECIDED:
        assert [each["hint"] for each in found if each["code"] == folder.name] == [None]
        return
    for _ in range(ROUNDS):
        assert found[0]["hint"], f"{found[0]['code']} says no way out: {found[0]['message']}"
        followed(found[0], tmp_path)
        before, found = found[0], said(page, tmp_path)
        assert (before["code"], before["message"]) not in {(each["code"], each["message"]) for each in found}
        if not found:
            return
    raise AssertionError(found)


def test_it_names_pages_without_a_hint_that_are_there() -> None:
    assert {folder.name for folder in PAGES} >= DECIDED
