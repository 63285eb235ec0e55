"""Walking trees."""

from __future__ import annotations

from pipeglot_expression.syntax import parse, template
from pipeglot_expression.trees import Tree, is_constant, references, substituted


def test_it_finds_references_in_written_order() -> None:
    tree, spans = template("a ${{ default(steps.x.outputs.y, [item.k]) }} ${{ not args(params.p) in inputs.i }}")
    assert list(references(tree)) == [
        (("steps", "x", "outputs", "y"), (2, 2)),
        (("item",), (2, 3, 1, 1)),
        (("params", "p"), (4, 1, 1, 1)),
        (("inputs", "i"), (4, 1, 2)),
    ]
    assert spans.at((2, 3, 1, 1)) == (34, 38)


def test_it_looks_into_dicts_but_not_into_literals() -> None:
    tree: Tree = ["dict", ["a", ["ref", "item"]], ["b", ["lit", ["ref", "params", "no"]]]]
    assert list(references(tree)) == [(("item",), (1, 1))]
    assert substituted(tree, lambda ref: ["lit", 1]) == [
        "dict",
        ["a", ["lit", 1]],
        ["b", ["lit", ["ref", "params", "no"]]],
    ]


def test_it_replaces_references_and_keeps_the_rest() -> None:
    tree, _ = parse("item.a and inputs.b == 'inputs.b'")
    inlined = substituted(tree, lambda ref: ["ref", "params", "c"] if ref == ("inputs", "b") else None)
    assert inlined == parse("item.a and params.c == 'inputs.b'")[0]
    assert tree == parse("item.a and inputs.b == 'inputs.b'")[0]


def test_it_tells_constants_from_what_is_read() -> None:
    assert is_constant(parse("length([1, 'a']) > 2")[0])
    assert not is_constant(parse("[1, item]")[0])
