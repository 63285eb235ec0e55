"""Types: their text, what fits where, and what mixes."""

from __future__ import annotations

import pytest

from pipeglot_expression.types import UNKNOWN, common, fits, parse_type

TYPES = [
    "string",
    "int",
    "float",
    "bool",
    "list",
    "dict",
    "artifact",
    "any",
    "list[int]",
    "list[artifact]",
    "list[list[float]]",
]


@pytest.mark.parametrize("text", TYPES)
def test_it_prints_what_it_parses(text: str) -> None:
    assert str(parse_type(text)) == text


def test_list_means_a_list_of_anything() -> None:
    assert parse_type("list") == parse_type("list[any]")
    assert str(parse_type("list[list[any]]")) == "list[list]"


@pytest.mark.parametrize("text", ["", "str", "list[", "list[]", "list[x]", "dict[string]", "List"])
def test_it_refuses_what_is_no_type(text: str) -> None:
    with pytest.raises(ValueError, match="is no type"):
        parse_type(text)


@pytest.mark.parametrize(
    ("value", "wanted", "fit"),
    [
        ("int", "int", True),
        ("int", "float", True),
        ("float", "int", False),
        ("bool", "int", False),
        ("int", "string", False),
        ("any", "int", True),
        ("list[int]", "any", True),
        ("list[int]", "list", True),
        ("list", "list[int]", True),
        ("list[int]", "list[float]", True),
        ("list[string]", "list[int]", False),
        ("list[list[int]]", "list[list[float]]", True),
        ("list", "dict", False),
        ("artifact", "artifact", True),
        ("artifact", "string", False),
        ("artifact", "any", False),
        ("any", "artifact", False),
        ("list[artifact]", "list", False),
        ("list[artifact]", "list[artifact]", True),
    ],
)
def test_what_fits_where(value: str, wanted: str, fit: bool) -> None:
    assert fits(parse_type(value), parse_type(wanted)) is fit


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        ("int", "int", "int"),
        ("int", "float", "float"),
        ("int", "string", None),
        ("bool", "int", None),
        ("any", "int", "any"),
        ("any", "artifact", None),
        ("list[int]", "list[float]", "list[float]"),
        ("list[int]", "list[string]", None),
        ("list[int]", "list", "list"),
        ("artifact", "artifact", "artifact"),
        ("dict", "list", None),
    ],
)
def test_what_mixes(left: str, right: str, both: str | None) -> None:
    wanted = None if both is None else parse_type(both)
    assert common(parse_type(left), parse_type(right)) == wanted
    assert common(parse_type(right), parse_type(left)) == wanted


@pytest.mark.parametrize("text", TYPES)
def test_what_has_a_fault_goes_with_everything(text: str) -> None:
    assert fits(UNKNOWN, parse_type(text))
    assert common(parse_type(text), UNKNOWN) == UNKNOWN
