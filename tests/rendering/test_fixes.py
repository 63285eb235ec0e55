"""A hint as an edit: what it puts where, in every style of the text around."""

from __future__ import annotations

import pytest

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Origin, Span
from pipeglot.diagnostics.sources import Source
from pipeglot.rendering.fixes import edit
from pipeglot.rendering.locator import Locator

CASES = {
    "a: 1\n": ("write `{b: 2}`", False, "a: {b: 2}\n"),
    "a:\n  - x\n  - y\nc: d\n": ("write `{b: 2}`", False, "a:\n  {b: 2}\nc: d\n"),
    "a: [x, y]\n": ("write `a: {b: 2}`", False, "a: {b: 2}\n"),
    "a: 'x'\n": ("did you mean `y`?", False, 'a: "y"\n'),
    "{a: x, c: d}": ("take it out", True, "{c: d}"),
    "c: d\na:\n  b: 1\n": ("take it out: why", True, "c: d\n"),
    "{c: d, a: {b: 1}}": ("take it out", True, "{c: d}"),
    "a:\n  b: 1\n": ("add `e: …`, or another", False, "a:\n  e: …\n  b: 1\n"),
    "a: {b: 1}\n": ("add `e: …`", False, "a: {e: …, b: 1}\n"),
    "a: 1.10 # one\n": ("put quotes around it", False, 'a: "1.10" # one\n'),
    "a: 1\nc: d\n": ("write `a: 2` and `e: 3`", False, "a: 2\ne: 3\nc: d\n"),
    "{a: 1, f: d}": ("write `a: 2` and `e: 3`", False, "{a: 2, e: 3, f: d}"),
    "a: x\n": ("ask someone", False, None),
}


def test_lines_end_alike() -> None:
    """Of those that end otherwise the first alone is told."""
    text = "a: b\r\rc: d\r\ne: f\rg: h"
    hint = "end lines with LF, or write `\\r` inside double quotes"
    made = edit(Diagnostic("PG113", "", Span("p.yaml", 4, 5), hint=hint), Locator(Source("p.yaml", text, {})))
    assert made
    assert made.applied(text) == "a: b\n\nc: d\r\ne: f\ng: h"


@pytest.mark.parametrize("text", CASES)
def test_it_does_what_the_hint_says(text: str) -> None:
    hint, key, wanted = CASES[text]
    made = edit(
        Diagnostic("PG301", "is wrong", Origin("p.yaml", ("a",)), hint=hint, key=key),
        Locator(Source("p.yaml", text, {})),
    )
    assert (made.applied(text) if made else None) == wanted
