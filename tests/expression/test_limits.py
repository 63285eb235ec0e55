"""Limits of params: which make sense, and which values meet them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from pipeglot_expression.limits import LimitFault, check_limits, limit_faults, typed

OF_STRINGS = "`enum`, `pattern`, `min_length`, `max_length`"
ITEMS = "string, int, float, bool, list, dict"


@pytest.mark.parametrize(
    ("type", "limits"),
    [
        ("string", {"enum": ["a", "b"], "pattern": "[ab]", "min_length": 0, "max_length": 1}),
        ("int", {"min": -1, "max": -1}),
        ("float", {"min": 0, "max": 0.5, "enum": [0.25]}),
        ("bool", {"enum": [True]}),
        ("list", {"items": "string", "min_items": 1, "max_items": 1}),
        ("list", {"enum": [["a"], []]}),
        ("dict", {"enum": [{"a": 1}]}),
        ("int", {"enum": [1, 5], "min": 3}),
        ("string", {"pattern": r"[a-z][\]^(?=x]\(\?=\\1(?:b|c)+?\d{2,3}(?P<x>.)"}),
        ("string", {"pattern": r"[]*+]"}),
        ("string", {"pattern": "(?i)abc"}),
    ],
)
def test_it_takes_limits_that_make_sense(type: str, limits: dict[str, Any]) -> None:
    assert limit_faults(type, limits) == ()


@pytest.mark.parametrize(
    ("type", "limits", "limit", "message"),
    [
        ("string", {"min": 1}, "min", f"`min` is no limit of a string, which has {OF_STRINGS}"),
        ("dict", {"items": "int"}, "items", "`items` is no limit of a dict, which has `enum`"),
        ("int", {"min": 0.5}, "min", "`0.5` is not an int: it is a float, not an int"),
        ("int", {"max": True}, "max", "`true` is not an int: it is a bool, not an int"),
        ("float", {"min": float("nan")}, "min", "`nan` is not a float: it is nan, which is not a number"),
        ("int", {"min": 2**63}, "min", "`9223372036854775808` is not an int: it is beyond 64 bits"),
        ("int", {"min": datetime.date(2026, 1, 1)}, "min", "`2026-01-01` is not an int: it is a date, not an int"),
        ("int", {"min": 3, "max": 2}, "min", "`min` 3 is more than `max` 2, so nothing meets both"),
        (
            "string",
            {"min_length": 3, "max_length": 2},
            "min_length",
            "`min_length` 3 is more than `max_length` 2, so nothing meets both",
        ),
        ("string", {"min_length": -1}, "min_length", "`-1` is no count: a whole number from 0"),
        ("list", {"max_items": 1.0}, "max_items", "`1.0` is no count: a whole number from 0"),
        ("list", {"items": "text"}, "items", f"`text` is no type of elements: there are {ITEMS}"),
        ("list", {"items": ["int"]}, "items", f'`["int"]` is no type of elements: there are {ITEMS}'),
        ("int", {"enum": []}, "enum", "`enum` is a list of at least one value"),
        ("int", {"enum": 3}, "enum", "`enum` is a list of at least one value"),
        ("int", {"enum": [1, "a"]}, "enum", "`a` is not an int: it is a string, not an int"),
        ("list", {"enum": ["a"]}, "enum", "`a` is not a list: it is a string, not a list"),
        (
            "list",
            {"items": "int", "enum": [["a"]]},
            "enum",
            '`["a"]` is not a list[int]: element 0 is a string, not an int',
        ),
        ("float", {"enum": [1, 1.0]}, "enum", "`1.0` stands twice in `enum`"),
        ("int", {"enum": [1, 2], "min": 3}, "enum", "none of the values of `enum` meets the other limits"),
        ("string", {"pattern": 3}, "pattern", "`pattern` is a string, not an int"),
        (
            "string",
            {"pattern": "a("},
            "pattern",
            "`a(` is no regular expression: missing ), unterminated subpattern at position 1",
        ),
    ],
)
def test_it_refuses_limits(type: str, limits: dict[str, Any], limit: str, message: str) -> None:
    assert limit_faults(type, limits) == (LimitFault(limit, message),)


@pytest.mark.parametrize(
    ("pattern", "said", "part"),
    [
        (r"(a)\1", "refers back to a group", r"\1"),
        ("(?P<x>a)(?P=x)", "refers back to a group", "(?P="),
        ("(?=a)b", "looks ahead or behind", "(?="),
        ("(?<!a)b", "looks ahead or behind", "(?<!"),
        ("(a)?(?(1)b)", "chooses by a group", "(?("),
        ("(?>a)", "never gives back what it took", "(?>"),
        ("a{1,2}+", "never gives back what it took", "{1,2}+"),
    ],
)
def test_it_refuses_patterns_beyond_regular_ones(pattern: str, said: str, part: str) -> None:
    message = f"`pattern` {said} at `{part}`, which patterns cannot"
    assert limit_faults("string", {"pattern": pattern}) == (LimitFault("pattern", message),)


def test_it_refuses_a_pattern_that_python_warns_of() -> None:
    (fault,) = limit_faults("string", {"pattern": "[[a]]"})
    assert fault.message.startswith("`[[a]]` is no regular expression: Possible nested set")


def test_it_tells_all_that_is_wrong() -> None:
    faults = limit_faults("string", {"min": 1, "min_length": "a", "max_length": 3})
    assert [fault.limit for fault in faults] == ["min", "min_length"]


@pytest.mark.parametrize(
    ("value", "type", "limits"),
    [
        ("ab", "string", {"pattern": "a.", "min_length": 2, "max_length": 2, "enum": ["ab"]}),
        ("😀", "string", {"max_length": 1}),
        (3, "int", {"min": 3, "max": 3, "enum": [3]}),
        (3, "float", {"min": 2.5, "enum": [3.0]}),
        ([1, 2], "list", {"items": "int", "min_items": 2, "max_items": 2}),
        ([1, 2], "list[int]", {"items": "int"}),
        ({"a": None}, "dict", {}),
    ],
)
def test_it_takes_values_that_meet_the_limits(value: Any, type: str, limits: dict[str, Any]) -> None:
    assert check_limits(value, type, limits) is None


@pytest.mark.parametrize(
    ("value", "type", "limits", "message"),
    [
        ("3", "int", {}, "`3` is not an int: it is a string, not an int"),
        (None, "dict", {}, "`null` is not a dict: it is null, not a dict"),
        (float("inf"), "float", {}, "`inf` is not a float: it is inf, which is not a number"),
        ([1, "a"], "list", {"items": "int"}, '`[1,"a"]` is not a list[int]: element 1 is a string, not an int'),
        ("abc", "string", {"pattern": "ab"}, "`abc` does not match `ab` as a whole"),
        ("ab\n", "string", {"pattern": "ab$"}, "`ab\\u000a` does not match `ab$` as a whole"),
        ("c", "string", {"enum": ["a", "b"]}, '`c` is none of ["a","b"]'),
        (True, "bool", {"enum": [False]}, "`true` is none of [false]"),
        (2, "int", {"min": 3}, "`2` is less than 3"),
        (2.5, "float", {"max": 2}, "`2.5` is more than 2"),
        ("a", "string", {"min_length": 2}, "`a` is shorter than 2 characters"),
        ("abc", "string", {"max_length": 2}, "`abc` is longer than 2 characters"),
        ([], "list", {"min_items": 1}, "`[]` has fewer than 1 elements"),
        ([1, 2], "list", {"max_items": 1}, "`[1,2]` has more than 1 elements"),
    ],
)
def test_it_names_the_limit_that_a_value_breaks(value: Any, type: str, limits: dict[str, Any], message: str) -> None:
    assert check_limits(value, type, limits) == message


def test_it_knows_the_whole_type_of_a_list() -> None:
    assert typed("list", {"items": "int"}) == "list[int]"
    assert typed("list", {}) == "list"
    assert typed("list[int]", {"items": "int"}) == "list[int]"
