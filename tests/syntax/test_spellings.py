from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given, settings
from tests.syntax.scalar_texts import DOCUMENTS

from pipeglot.diagnostics import SpecRejected
from pipeglot.diagnostics.origins import Origin
from pipeglot.rendering.locator import locate
from pipeglot.syntax.nodes import Node, compose
from pipeglot.syntax.reader import read
from pipeglot.syntax.spellings import letters

PATH = ("top", "value")


def scalar(text: str) -> Node:
    root = compose(text).root
    assert root is not None
    return root.parts[1].parts[1]


def spells(written: str, letter: str) -> bool:
    """Whether a piece of the text stands for one character of the value."""
    return written == letter or (written in ("\n", "\r\n") and letter in " \n") or written == "''" or written[0] == "\\"


@given(DOCUMENTS)
@settings(max_examples=250, deadline=None)
def test_it_finds_every_letter_of_a_scalar_in_its_text(text: str) -> None:
    try:
        read(text, "p.yaml")
    except SpecRejected:
        assume(False)
    node = scalar(text)
    found = letters(text, node)
    assert found is not None
    assert "".join(letter for letter, _, _ in found) == node.value
    assert all(spells(text[start:end], letter) for letter, start, end in found)
    assert all(one[2] <= other[1] for one, other in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("text", "part", "spelled"),
    [
        ("top:\n  value: a ${{ x }} b\n", "${{ x }}", "${{ x }}"),
        ("top:\n  value: 'it''s x'\n", "x", "x"),
        ("top:\n  value: 'it''s x'\n", "'", "''"),
        ('top:\n  value: "\\u00e9\\n😀x"\n', "x", "x"),
        ('top:\n  value: "\\u00e9 b"\n', "é", "\\u00e9"),
        ("top:\n  value: |\n    one\n    two ${{ x }}\n", "${{ x }}", "${{ x }}"),
        ("top:\n  value: >-\n    one\n    two\n\n    three x\n", "three", "three"),
        ("top:\n  value: |2\n      one\n    two\n", "two", "two"),
        ("top:\n  value: >\r\n    one\r\n    two\r\n", "two", "two"),
        ("top:\n  value: one\n    two\n\n    three\n", "three", "three"),
        ("top:\n  value: &name\n    # said so\n    'a b'\n", "b", "b"),
        ("other: &x a b\ntop:\n  value: *x\n", "b", "b"),
    ],
)
def test_it_finds_a_part_of_a_value(text: str, part: str, spelled: str) -> None:
    source = read(text, "p.yaml")
    top = source.data["top"]
    assert isinstance(top, dict)
    value = top["value"]
    assert isinstance(value, str)
    start = value.index(part)
    span = locate(source, Origin("p.yaml", PATH), offset=(start, start + len(part)))
    assert text[span.start : span.end] == spelled


def test_it_points_behind_the_last_letter_for_an_offset_at_the_end() -> None:
    source = read("top: {value: abc}\n", "p.yaml")
    span = locate(source, Origin("p.yaml", PATH), offset=(3, 3))
    assert (span.start, span.end) == (16, 16)
