"""Values: their texts, and what is read against a type."""

from __future__ import annotations

import pytest

from pipeglot_expression.values import (
    ABSENT,
    MAX_FILE,
    MAX_WIRE,
    Artifact,
    Value,
    WireFault,
    canonical,
    convert,
    from_wire,
    parse_typed,
    read_value,
    to_wire,
)

RAW = Artifact("/data/raw.csv", "extract.raw")


CANONICAL: list[tuple[Value, str]] = [
    ("as it is\n", "as it is\n"),
    (True, "true"),
    (3, "3"),
    (1.0, "1.0"),
    (0.1, "0.1"),
    (1e16, "1e+16"),
    (5e-324, "5e-324"),
    ([1, "é", None, {"b": True, "a": []}], '[1,"é",null,{"b":true,"a":[]}]'),
    (RAW, "/data/raw.csv"),
    ([RAW, Artifact("b")], '["/data/raw.csv","b"]'),
]


@pytest.mark.parametrize(("value", "text"), CANONICAL)
def test_canonical_text(value: Value, text: str) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (ABSENT, "null"),
        ("", '""'),
        ("${{ x }}", '"\\u0024\\u007b\\u007b x \\u007d\\u007d"'),
        ("%(a)s # \x7f é 😀", '"\\u0025(a)s \\u0023 \\u007f \\u00e9 \\ud83d\\ude00"'),
        ('quote " back \\ line \n', '"quote \\" back \\\\ line \\n"'),
        ({"${k}": {"a": [1, 2.0, False, None]}}, '{"\\u0024\\u007bk\\u007d":{"a":[1,2.0,false,null]}}'),
        (2**53 + 1, "9007199254740993"),
        (RAW, '"/data/raw.csv"'),
        ([1, RAW], '[1,"/data/raw.csv"]'),
    ],
)
def test_wire_text(value: Value, wire: str) -> None:
    assert to_wire(value) == wire


@pytest.mark.parametrize("text", ["", " ", "\n", "null", " null\n"])
def test_it_reads_nothing_and_null_as_absent(text: str) -> None:
    assert from_wire(text) is ABSENT


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a\0", "it holds NUL, which cannot be handed on"),
        (["\ud800"], "element 0 holds half a surrogate pair, which cannot be handed on"),
        ({"\ud800": 1}, "a key holds half a surrogate pair, which cannot be handed on"),
        (float("nan"), "it is nan, which is not a number"),
        ({"a": float("inf")}, "key `a` is inf, which is not a number"),
        (2**63, "it is beyond 64 bits"),
        (-(2**63) - 1, "it is beyond 64 bits"),
        ({1: 2}, "a key is an int, not a string"),
        (Artifact("a\udcff"), "it holds half a surrogate pair, which cannot be handed on"),
        ([ABSENT], "element 0 is no value of the language"),
    ],
)
def test_it_refuses_to_hand_on(value: Value, message: str) -> None:
    with pytest.raises(WireFault) as caught:
        to_wire(value)
    assert (caught.value.reason, caught.value.message) == ("bad-output", message)


def test_it_counts_the_size_on_the_wire() -> None:
    assert len(to_wire("a" * (MAX_WIRE - 2))) == MAX_WIRE
    with pytest.raises(WireFault) as caught:
        to_wire("$" * (MAX_WIRE // 6 + 1))
    assert caught.value.reason == "value-too-large"
    assert "65540 bytes" in caught.value.message


@pytest.mark.parametrize(
    "text", ["{", "[1,]", "NaN", '{"a":1,"a":2}', "1e999", "9223372036854775808", '"\\ud800"', "1 2"]
)
def test_it_refuses_wire_text_that_is_not_strict_json(text: str) -> None:
    with pytest.raises(WireFault):
        from_wire(text)


def deep(levels: int) -> Value:
    value: Value = 1
    for _ in range(levels):
        value = [value]
    return value


def test_it_bounds_the_depth_of_what_is_read() -> None:
    assert read_value(b"[" * 64 + b"1" + b"]" * 64, "list") == deep(64)
    for levels in (65, 60_000):
        with pytest.raises(WireFault, match="nested more than 64 deep"):
            read_value(b"[" * levels + b"1" + b"]" * levels, "list")


def test_it_hands_on_a_deep_value_inside_fan_ins() -> None:
    assert from_wire(to_wire(deep(80))) == deep(80)
    with pytest.raises(WireFault, match="nested more than 64 deep"):
        to_wire(deep(81))


@pytest.mark.parametrize(
    ("raw", "type", "value"),
    [
        (b"text\n", "string", "text"),
        (b"text\r\n", "string", "text\r"),
        (b"\n\n", "string", "\n"),
        (b"", "string", ""),
        ("é😀".encode(), "string", "é😀"),
        (b" 3\n", "int", 3),
        (b"-0", "int", 0),
        (b"-9223372036854775808", "int", -(2**63)),
        (b"0.5", "float", 0.5),
        (b"3", "float", 3.0),
        (b"true\n", "bool", True),
        (b"[1, 2.5, null]", "list", [1, 2.5, None]),
        (b"[1, 2]", "list[int]", [1, 2]),
        (b"[1, 2]", "list[float]", [1.0, 2.0]),
        (b"[[1], []]", "list[list[int]]", [[1], []]),
        (b'{"b": 1, "a": null}', "dict", {"b": 1, "a": None}),
        (b'"x"', "any", "x"),
    ],
)
def test_it_reads_a_value_file(raw: bytes, type: str, value: Value) -> None:
    found = read_value(raw, type)
    assert (found, repr(found)) == (value, repr(value))


@pytest.mark.parametrize(
    ("raw", "type", "message"),
    [
        (b"abc", "int", "`abc` is not an int: it is not JSON at character 1"),
        (b"", "int", "`` is not an int: it is not JSON at character 1"),
        (b"3.0", "int", "`3.0` is not an int: it is a float, not an int"),
        (b"1e3", "int", "`1e3` is not an int: it is a float, not an int"),
        (b"true", "int", "`true` is not an int: it is a bool, not an int"),
        (b"1", "bool", "`1` is not a bool: it is an int, not a bool"),
        (b"null", "any", "`null` is not a value: it is null, not a value"),
        (b"NaN", "float", "`NaN` is not a float: it holds NaN, which is not JSON"),
        (b"-Infinity", "float", "`-Infinity` is not a float: it holds -Infinity, which is not JSON"),
        (b"1e999", "float", "`1e999` is not a float: it holds a float that is too large"),
        (b'{"a":1,"a":2}', "dict", '`{"a":1,"a":2}` is not a dict: it holds a key twice'),
        (b'[1, "a"]', "list[int]", '`[1, "a"]` is not a list[int]: element 1 is a string, not an int'),
        (b"[null]", "list[int]", "`[null]` is not a list[int]: element 0 is null, not an int"),
        (b"\xff", "string", "`\\xff` is not a string: it is not UTF-8"),
        (b"a\0b", "string", "`a\\u0000b` is not a string: it holds NUL, which cannot be handed on"),
        (b"\xef\xbb\xbf3", "int", "`\\ufeff3` is not an int: it is not JSON at character 1"),
        (b"x" * 100, "int", f"`{'x' * 59}…` is not an int: it is not JSON at character 1"),
        (b"9" * 5000, "int", f"`{'9' * 59}…` is not an int: it holds an int beyond 64 bits"),
    ],
)
def test_it_names_the_type_and_the_text_of_a_bad_output(raw: bytes, type: str, message: str) -> None:
    with pytest.raises(WireFault) as caught:
        read_value(raw, type)
    assert (caught.value.reason, caught.value.message) == ("bad-output", message)


def test_it_never_shows_a_sensitive_text() -> None:
    with pytest.raises(WireFault) as caught:
        read_value(b"hush", "int", sensitive=True)
    assert caught.value.message == "the text is not an int: it is not JSON at character 1"


def test_it_does_not_parse_a_huge_file() -> None:
    with pytest.raises(WireFault) as caught:
        read_value(b" " * (MAX_FILE + 1), "int")
    assert caught.value.reason == "value-too-large"


@pytest.mark.parametrize(
    ("text", "type", "value"),
    [
        ("3", "string", "3"),
        ('"q"\n', "string", '"q"\n'),
        ("3", "int", 3),
        ("3", "float", 3.0),
        ("false", "bool", False),
        ('["a"]', "list[string]", ["a"]),
        ('{"a": 1}', "dict", {"a": 1}),
    ],
)
def test_it_reads_a_param_as_typed(text: str, type: str, value: Value) -> None:
    found = parse_typed(text, type)
    assert (found, repr(found)) == (value, repr(value))


@pytest.mark.parametrize(
    ("text", "type", "message"),
    [
        ("yes", "bool", "`yes` is not a bool: it is not JSON at character 1; write it as in `true`"),
        ("a,b", "list", '`a,b` is not a list: it is not JSON at character 1; write it as in `["a", "b"]`'),
        ("3.0", "int", "`3.0` is not an int: it is a float, not an int; write it as in `3`"),
        ("null", "dict", '`null` is not a dict: it is null, not a dict; write it as in `{"a": 1}`'),
    ],
)
def test_it_says_how_to_type_a_param(text: str, type: str, message: str) -> None:
    with pytest.raises(WireFault) as caught:
        parse_typed(text, type)
    assert (caught.value.reason, caught.value.message) == ("bad-param", message)


def test_it_converts_artifacts_only_where_one_is_wanted() -> None:
    assert convert(RAW, "artifact") is RAW
    assert convert([RAW], "list[artifact]") == [RAW]
    with pytest.raises(WireFault, match="it is a string, not an artifact"):
        convert("/data/raw.csv", "artifact")
    with pytest.raises(WireFault, match="it is an artifact, not a string"):
        convert(RAW, "string")


def test_it_tells_artifacts_apart_by_source() -> None:
    assert Artifact("a", "x.y") == Artifact("a", "x.y", 3)
    assert Artifact("a", "x.y") != Artifact("a", "z.y")
    assert len({Artifact("a", "x.y"), Artifact("a", "x.y")}) == 1
    assert repr(RAW) == "Artifact('/data/raw.csv', 'extract.raw', None)"
    assert repr(ABSENT) == "ABSENT"
