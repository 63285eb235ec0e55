"""Round trips of the one YAML writer through two other people's readers."""

from __future__ import annotations

import io
from typing import Any

import pytest
import ruamel.yaml
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeglot_backends.emit.yaml_text import dump

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LINES = st.lists(st.text("ab \t:#-|>'\"{}", max_size=6), max_size=6).map("\n".join)
LONG = st.lists(st.sampled_from(["word", " ", "\\", '"', "\n", "\t", "é", "# "]), min_size=150, max_size=300).map(
    "".join
)
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.none(),
    TEXT,
    LINES,
    LONG,
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=12,
)
DOCUMENTS = st.one_of(st.lists(VALUES, max_size=4), st.dictionaries(TEXT, VALUES, max_size=4))


@given(DOCUMENTS)
def test_it_reads_back_in_yaml_1_1(value: Any) -> None:
    assert _floats_as_text(yaml.safe_load(dump(value))) == _floats_as_text(value)


@given(DOCUMENTS)
def test_it_reads_back_in_yaml_1_2(value: Any) -> None:
    read = ruamel.yaml.YAML(typ="safe", pure=True).load(io.StringIO(dump(value)))
    assert _floats_as_text(read) == _floats_as_text(value)


def _floats_as_text(value: Any) -> Any:
    if isinstance(value, float):
        return ("float", repr(value))
    if isinstance(value, list):
        return [_floats_as_text(item) for item in value]
    if isinstance(value, dict):
        return {key: _floats_as_text(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize(
    "word",
    ["y", "No", "on", "OFF", "null", "~", "1.10", "0x1f", "1:30", "2026-11-22", "<<", "=", ".inf", "a: b", "a #b", ""],
)
def test_it_keeps_text_text_in_both(word: str) -> None:
    assert yaml.safe_load(dump({word: word})) == {word: word}
    assert ruamel.yaml.YAML(typ="safe", pure=True).load(dump({word: word})) == {word: word}


def test_it_separates_documents_and_keeps_order() -> None:
    assert dump({"b": 1, "a": [{"x": "1", "z": []}]}, {"c": {}}) == 'b: 1\na:\n  - x: "1"\n    z: []\n---\nc: {}\n'


def test_it_writes_programs_as_blocks() -> None:
    assert dump({"run": "set -eu\n  echo  \n\n"}) == "run: |+\n  set -eu\n    echo  \n\n"
