"""Whatever a value holds, it survives the wire, and nothing on the wire can be taken for an engine's own text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeglot_expression.values import (
    INT_MAX,
    INT_MIN,
    Value,
    canonical,
    convert,
    from_wire,
    read_json,
    read_value,
    to_wire,
)

HOSTILE = st.sampled_from(
    [
        "{{workflow.uid}}",
        "${{ x }}",
        "$(X)",
        "${Y}",
        "%d",
        "%(a)s",
        "{{=2*3}}",
        "{%",
        "{#",
        "#}",
        "\x7f",
        "é😀",
        "\\u007b",
        '"',
        "\\",
        "\n",
        "\t",
    ]
)
TEXT = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.lists(HOSTILE, max_size=5).map("".join),
)
LEAVES = st.one_of(st.booleans(), st.integers(INT_MIN, INT_MAX), st.floats(allow_nan=False, allow_infinity=False), TEXT)
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(st.one_of(inner, st.none()), max_size=5),
        st.dictionaries(TEXT, st.one_of(inner, st.none()), max_size=5),
    ),
    max_leaves=20,
)
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')


@given(VALUES)
def test_it_brings_every_value_back(value: Value) -> None:
    wire = to_wire(value)
    assert repr(from_wire(wire)) == repr(value)
    assert wire.isascii()
    assert wire.isprintable()


@given(VALUES)
def test_it_holds_no_text_that_engines_would_replace(value: Value) -> None:
    wire = to_wire(value)
    assert not re.search("[$%#\x7f]", wire)
    assert not re.search("[{}]", "".join(_STRINGS.findall(wire)))
    assert not re.search(r"\{[{%#]", wire)


@given(VALUES)
def test_it_reads_canonical_text_back_by_type(value: Value) -> None:
    text = canonical(value)
    type = "string" if isinstance(value, str) else "any"
    assert repr(read_value((text + "\n").encode(), type)) == repr(value)
    assert repr(convert(value, type)) == repr(value)


@given(VALUES, st.integers(0, 99))
def test_it_carries_an_item_beside_its_index(value: Value, index: int) -> None:
    assert repr(read_json(to_wire([index, value]))) == repr([index, value])
