"""Text with expressions in it: which parts it has, and which tree it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeglot_expression.syntax import Part, faults, split, template
from pipeglot_expression.tokens import SyntaxFault
from pipeglot_expression.trees import Tree

A = ["ref", "params", "a"]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("plain", ["lit", "plain"]),
        ("", ["lit", ""]),
        ("{{ x }} $ { $x }} $(y)", ["lit", "{{ x }} $ { $x }} $(y)"]),
        ("${{ params.a }}", A),
        ("${{params.a}}", A),
        (" \n${{ params.a }}\n", A),
        ("${{\n  params.a\n}}", A),
        ("x${{ params.a }}", ["text", "x", A]),
        ("${{ params.a }}${{ item }}", ["text", A, ["ref", "item"]]),
        ("a ${{ params.a }} b ${{ item }} c", ["text", "a ", A, " b ", ["ref", "item"], " c"]),
        ("$${{ x }}", ["lit", "${{ x }}"]),
        ("$$${{ x }}", ["lit", "$${{ x }}"]),
        ("$$$${{ x }}", ["lit", "$$${{ x }}"]),
        ("$${{ ${{ params.a }} }}", ["text", "${{ ", A, " }}"]),
        ("$ ${{ params.a }}", ["text", "$ ", A]),
        ("${{ '}}' }}", ["lit", "}}"]),
        ('${{ "\\"}}" }}', ["lit", '"}}']),
        ("${{ 'it''s }}' }}", ["lit", "it's }}"]),
        ("${{ 3 }}", ["lit", 3]),
        ("${{ 3 }}.", ["text", ["lit", 3], "."]),
    ],
)
def test_it_makes_a_tree_of_text(text: str, tree: Tree) -> None:
    assert template(text)[0] == tree


def test_it_never_takes_a_script_as_one_expression() -> None:
    assert template("${{ params.a }}\n", whole=False)[0] == ["text", A, "\n"]
    assert template("${{ params.a }}", whole=False)[0] == ["text", A]


def test_it_knows_where_the_parts_stand() -> None:
    text = "é $${{ ${{ params.a }} ${{ 'x' }}"
    assert split(text) == (
        Part("é ${{ ", 0, 7, is_expression=False),
        Part(" params.a ", 7, 22, is_expression=True),
        Part(" ", 22, 23, is_expression=False),
        Part(" 'x' ", 23, 33, is_expression=True),
    )
    _, spans = template(text)
    assert [text[slice(*spans.at((index,)))] for index in (2, 4)] == ["params.a", "'x'"]
    assert spans.at((1,)) == (0, len(text))


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        ("a ${{ params.a", "${{", "`${{` is not closed by `}}`"),
        ("a ${{ params.a } }", "${{", "`${{` is not closed by `}}`"),
        ("a ${{ 'x }}' ", "${{", "`${{` is not closed by `}}`"),
        ("a ${{ 'x }} ", "'", "this quote has no second one"),
        ("a ${{ }}", "${{ }}", "the expression is empty"),
        ("a ${{ ${{ item }} }}", "$", "`$` has no meaning inside `${{ }}`, where names are written bare"),
        ("a ${{ item }} ${{ itm }}", "itm", "`itm` is nothing that expressions read: there are `params`"),
    ],
)
def test_it_says_what_is_wrong_with_a_template(text: str, marked: str, message: str) -> None:
    with pytest.raises(SyntaxFault) as caught:
        template(text)
    assert caught.value.message.startswith(message)
    assert text[caught.value.start : caught.value.end] == marked


@given(st.lists(st.sampled_from(["$", "{", "${{", "}}", " a\n"]), max_size=9).map("".join))
def test_text_escaped_is_text_again(text: str) -> None:
    assert template(text.replace("${{", "$${{"))[0] == ["lit", text]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("${{ ${{ bool((')))) }} }}", ["'"]),
        ("${{ 1 + }} ${{ ${{ 'a", ["+", "${{"]),
        ("${{ 1 }} $${{ ${{ x", ["${{"]),
        ("${{ 1 }}", []),
        ("", []),
    ],
)
def test_it_tells_all_faults_of_a_text_where_one_does_not_end(text: str, marked: list[str]) -> None:
    assert [text[each.start : each.end] for each in faults(text)] == marked
