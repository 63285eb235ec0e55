"""Long lists of one kind are looked at at once: the same is said of them as of values one by one."""

from __future__ import annotations

from typing import Any

import pytest

from pipeglot_expression import values
from pipeglot_expression.values import WireFault, convert, read_json

EDGE = 2**63
LISTS: list[list[Any]] = [
    [],
    [0, EDGE - 1, -EDGE],
    [0, EDGE],
    [-EDGE - 1, 0],
    [0.5, 1e308, 1e308],
    [0.5, float("inf")],
    [float("inf"), float("-inf")],
    [float("nan"), 1.0],
    [1, 0.5],
    [True, False],
    [True, 1],
    ["a", "ä", ""],
    ["a", "\0"],
    ["\ud83d", "\ude00"],
    [None],
    [["a"], ["b"]],
    [{"a": 1}, {"a": 1}],
]


def said(found: list[Any], type: str) -> object:
    try:
        return repr(convert(found, type))
    except WireFault as fault:
        return fault.reason, fault.message


def one_by_one(found: list[Any], wanted: str) -> bool:
    return False


@pytest.mark.parametrize("type", ["list", "any", "list[any]", "list[int]", "list[float]", "list[string]", "list[bool]"])
def test_the_same_is_said_of_many_as_of_each(type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = [said(found, type) for found in LISTS]
    monkeypatch.setattr(values, "_is_plain", one_by_one)
    assert at_once == [said(found, type) for found in LISTS]


def test_what_is_given_stays_as_it_is() -> None:
    given = [1, 2]
    assert convert(given, "list[int]") is not given


@pytest.mark.parametrize("text", ["9223372036854775808", "[1, -9223372036854775809]", "[" + "1" * 5000 + "]"])
def test_a_long_number_is_refused_however_it_is_read(text: str) -> None:
    with pytest.raises(WireFault, match="an int beyond 64 bits"):
        read_json(text)


def test_the_longest_numbers_are_read() -> None:
    assert read_json("[9223372036854775807, -9223372036854775808]") == [EDGE - 1, -EDGE]
