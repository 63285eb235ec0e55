"""Which numbers an engine of doubles would change, and texts that are covered."""

from __future__ import annotations

from typing import Any

import pytest

from pipeglot_expression.runtime.hiding import Hidden
from pipeglot_expression.runtime.kfp_values import inexact

EDGE = 2**53


@pytest.mark.parametrize(
    ("value", "type", "places"),
    [
        (EDGE - 1, "int", []),
        (EDGE, "int", [()]),
        (-EDGE, "int", [()]),
        (EDGE + 1, "float", []),
        ([1, {"x": EDGE}], "list", [(1, "x")]),
        ([EDGE], "list[float]", []),
        ([[EDGE + 1], [0]], "list[list]", [(0, 0)]),
        ({"a": 1e17, "b": 1e300, "c": 0.5}, "dict", [("a",)]),
        ([True, "9007199254740993", None], "list", []),
    ],
)
def test_it_finds_the_numbers_that_would_change(value: Any, type: str, places: list[tuple[Any, ...]]) -> None:
    assert [place for place, _ in inexact(value, type)] == places


@pytest.mark.parametrize("text", ['tok"en', "tok%65n", "dG9rZW4h", "me:token!", "tök\nen secret"])
def test_it_covers_a_text_in_every_form(text: str) -> None:
    import base64
    import json

    hidden = Hidden()
    hidden.add({"a": [text]})
    basic = base64.b64encode(f"me:{text}".encode()).decode()
    for form in (text, json.dumps(text), repr(text), json.dumps({"a": [text]})):
        assert text not in hidden.cover(f"<{form}>")
        assert hidden.cover(form) != form
    assert hidden.cover(basic) != basic


def test_it_leaves_short_texts_and_harmless_ones() -> None:
    hidden = Hidden()
    hidden.add(["abc", True, None, 12])
    assert hidden.cover("abc true 12") == "abc true 12"
