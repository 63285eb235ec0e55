from __future__ import annotations

import pytest

from pipeglot.diagnostics.suggestions import nearest

NAMES = ("retry", "resources", "timeout", "foreach", "features", "run", "Run_2")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("retyr", "retry"),
        ("timeot", "timeout"),
        ("TIMEOUT", "timeout"),
        ("resource", "resources"),
        ("for_each", "foreach"),
        ("featrues", "features"),
        ("rnu", "run"),
        ("run_2", "Run_2"),
        ("image", None),
        ("x", None),
        ("", None),
        ("retry", None),
    ],
)
def test_it_finds_the_name_that_was_meant(word: str, meant: str | None) -> None:
    assert nearest(word, NAMES) == meant


def test_it_takes_the_first_of_equals() -> None:
    assert nearest("abcx", ("abcd", "abce")) == "abcd"


def test_it_offers_no_name_that_is_a_mistake_itself() -> None:
    assert nearest("timeot", ("timeout\n",)) is None
