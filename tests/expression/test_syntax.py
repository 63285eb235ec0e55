"""The grammar: which text is which tree, and where its parts stand."""

from __future__ import annotations

import pytest

from pipeglot_expression.evaluate import shown
from pipeglot_expression.syntax import parse
from pipeglot_expression.tokens import SyntaxFault
from pipeglot_expression.trees import Tree

A, B, C = ["ref", "params", "a"], ["ref", "params", "b"], ["ref", "params", "c"]
ITEM = ["ref", "item"]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("params.a", A),
        (" params . a\n", A),
        ("params['a']", A),
        ("steps.get-data.outputs.raw", ["ref", "steps", "get-data", "outputs", "raw"]),
        ('steps["get-data"].outputs.raw', ["ref", "steps", "get-data", "outputs", "raw"]),
        ("steps.a.status", ["ref", "steps", "a", "status"]),
        ("steps.a.indices[0]", ["get", ["ref", "steps", "a", "indices"], ["lit", 0]]),
        ("steps.outputs.outputs.status", ["ref", "steps", "outputs", "outputs", "status"]),
        ("inputs.and", ["ref", "inputs", "and"]),
        ("outputs.raw", ["ref", "outputs", "raw"]),
        ("item", ITEM),
        ("index", ["ref", "index"]),
        ("matrix.lr", ["ref", "matrix", "lr"]),
        ("run.scheduled_time", ["ref", "run", "scheduled_time"]),
        ("run.failed_steps", ["ref", "run", "failed_steps"]),
        ("pipeline.name", ["ref", "pipeline", "name"]),
        ("item.lr", ["get", ITEM, ["lit", "lr"]]),
        ("item['a b'][params.a].c", ["get", ["get", ["get", ITEM, ["lit", "a b"]], A], ["lit", "c"]]),
        ("(item).a", ["get", ITEM, ["lit", "a"]]),
        ("[1, 2][0]", ["get", ["list", ["lit", 1], ["lit", 2]], ["lit", 0]]),
        ("'it''s ${{ }}'", ["lit", "it's ${{ }}"]),
        (r'"tab\t\u00e9\ud83d\ude00"', ["lit", "tab\té😀"]),
        ("''", ["lit", ""]),
        ("-0.5e+3", ["lit", -500.0]),
        ("9223372036854775807", ["lit", 2**63 - 1]),
        ("-9223372036854775808", ["lit", -(2**63)]),
        ("true", ["lit", True]),
        ("false", ["lit", False]),
        ("[]", ["list"]),
        ("[[1], [params.a]]", ["list", ["list", ["lit", 1]], ["list", A]]),
        ("params.a or params.b and params.c", ["or", A, ["and", B, C]]),
        ("(params.a or params.b) and params.c", ["and", ["or", A, B], C]),
        ("not params.a == params.b", ["not", ["==", A, B]]),
        ("not not params.a", ["not", ["not", A]]),
        ("not params.a and params.b", ["and", ["not", A], B]),
        (
            "params.a in [1, 2] or params.b<=3",
            ["or", ["in", A, ["list", ["lit", 1], ["lit", 2]]], ["<=", B, ["lit", 3]]],
        ),
        ("(params.a == params.b) == params.c", ["==", ["==", A, B], C]),
        ("params.a and params.b and params.c", ["and", ["and", A, B], C]),
        ("params.a or params.b or params.c or item", ["or", ["or", A, B], ["or", C, ITEM]]),
        ("default(params.a, 3)", ["call", "default", A, ["lit", 3]]),
        ("first_of(params.a, params.b, params.c)", ["call", "first_of", A, B, C]),
        ("length(params.a) > 0", [">", ["call", "length", A], ["lit", 0]]),
        ("join(params.a, ',')", ["call", "join", A, ["lit", ","]]),
        ("json(params.a)", ["call", "json", A]),
        ("args(params.a)", ["args", A]),
        ("default(params.a, [1])[0]", ["get", ["call", "default", A, ["list", ["lit", 1]]], ["lit", 0]]),
    ],
)
def test_it_parses(text: str, tree: Tree) -> None:
    found, _ = parse(text)
    assert repr(found) == repr(tree)
    assert repr(parse(shown(found))[0]) == repr(tree)


def test_it_knows_where_every_part_stands() -> None:
    text = "not (params.a == [1, item.x]) and length(inputs.b) > 2"
    tree, spans = parse(text)
    places = {
        (): text,
        (1,): "not (params.a == [1, item.x])",
        (1, 1): "(params.a == [1, item.x])",
        (1, 1, 1): "params.a",
        (1, 1, 2): "[1, item.x]",
        (1, 1, 2, 2): "item.x",
        (1, 1, 2, 2, 1): "item",
        (1, 1, 2, 2, 2): "x",
        (2,): "length(inputs.b) > 2",
        (2, 1, 2): "inputs.b",
        (2, 1, 2, 0, 5): "inputs.b",
    }
    assert tree[0] == "and"
    for path, part in places.items():
        start, end = spans.at(path)
        assert text[start:end] == part


def test_it_keeps_the_offsets_of_the_text_around() -> None:
    text = "say ${{ params.a }}"
    _, spans = parse(text, 7, 17)
    assert text[spans.start : spans.end] == "params.a"


@pytest.mark.parametrize(
    "text", ["(" * 64 + "1" + ")" * 64, "item" + ".a" * 63, "not " * 63 + "true", "[" * 63 + "]" * 63]
)
def test_it_takes_a_depth_of_64(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    "text", ["(" * 65 + "1" + ")" * 65, "item" + ".a" * 64, "not " * 64 + "true", "[" * 65 + "]" * 65]
)
def test_it_refuses_more_than_a_depth_of_64(text: str) -> None:
    with pytest.raises(SyntaxFault, match="nested more than 64 deep"):
        parse(text)


def test_it_counts_parentheses_and_indices_together() -> None:
    with pytest.raises(SyntaxFault, match="nested more than 64 deep"):
        parse("(" * 40 + "item" + ".a" * 40 + ")" * 40 + ".a" * 40)


def test_a_long_chain_is_not_a_deep_one() -> None:
    _, spans = parse(" and ".join(["params.a"] * 1000))
    assert spans.depth == 11
