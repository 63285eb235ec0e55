from __future__ import annotations

import pytest

from pipeglot.syntax.scalars import OutOfRange, is_text, resolve

VALUES: list[tuple[str, object]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("true", True),
    ("True", True),
    ("FALSE", False),
    ("yes", "yes"),
    ("on", "on"),
    ("n", "n"),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("010", 10),
    ("0o17", 15),
    ("0x1F", 31),
    ("-0x1F", "-0x1F"),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("1.", 1.0),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("1.5E-3", 0.0015),
    (".", "."),
    ("-", "-"),
    ("1.2.3", "1.2.3"),
    ("12:30:45", "12:30:45"),
    ("2026-01-01", "2026-01-01"),
    ("=", "="),
    ("9223372036854775807", 2**63 - 1),
    ("-9223372036854775808", -(2**63)),
    ("0" * 5000 + "7", 7),
    ("１２", "１２"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_it_gives_a_plain_scalar_the_value_of_the_core_schema(text: str, value: object) -> None:
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)
    assert is_text(text) is isinstance(value, str)


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999", "-1e999"])
def test_it_takes_no_number_that_is_not_finite(text: str) -> None:
    with pytest.raises(OutOfRange) as caught:
        resolve(text)
    assert not caught.value.is_int


@pytest.mark.parametrize("text", ["9223372036854775808", "-9223372036854775809", "9" * 100_000, "0x" + "f" * 17])
def test_it_takes_no_int_of_more_than_64_bits(text: str) -> None:
    with pytest.raises(OutOfRange) as caught:
        resolve(text)
    assert caught.value.is_int
