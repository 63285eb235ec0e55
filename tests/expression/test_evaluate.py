"""Evaluation: what an expression is worth, and what fails it."""

from __future__ import annotations

import pytest

from pipeglot_expression.evaluate import AbsentValue, ExpressionFault, arguments, evaluate, evaluate_as, shown
from pipeglot_expression.syntax import parse, template
from pipeglot_expression.trees import Tree
from pipeglot_expression.values import ABSENT, Artifact, Value

RAW = Artifact("/in/raw.csv", "extract.raw")
VALUES: dict[str, Value] = {
    "n": 3,
    "x": 1.0,
    "big": 2**53 + 1,
    "s": "Éa😀",
    "b": True,
    "ns": [1, 2, 3],
    "none": [],
    "mixed": [1, "a", None, True],
    "d": {"k": 1, "a b": {"c": [True]}, "no": None},
    "null": None,
    "raw": RAW,
    "raws": [RAW, Artifact("/in/b", "extract.b")],
}


class Given:
    """A scope of `inputs`; everything else is absent."""

    def lookup(self, ref: tuple[str, ...]) -> Value:
        return VALUES[ref[1]] if ref[0] == "inputs" else ABSENT


def value_of(expression: str) -> Value:
    tree, _ = template(expression if "${{" in expression else f"${{{{ {expression} }}}}")
    return evaluate(tree, Given())


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("inputs.raw", RAW),
        ("inputs.d['a b'].c[0]", True),
        ("[inputs.n, [inputs.x], 'a']", [3, [1.0], "a"]),
        ("inputs.n == inputs.n", True),
        ("1 == 1.0", True),
        ("[1] == [1.0]", True),
        ("[true] == [1]", False),
        ("inputs.big == 9007199254740992.0", False),
        ("inputs.big > 9007199254740992.0", True),
        ("inputs.d == inputs.d", True),
        ("inputs.d != inputs.d", False),
        ("inputs.mixed == inputs.mixed", True),
        ("[1, 2] == [1]", False),
        ("'Z' < 'a'", True),
        ("'￿' < '😀'", True),
        ("'a' <= 'a'", True),
        ("2 < 10", True),
        ("2 >= 2.5", False),
        ("3 > 2", True),
        ("3 != 4", True),
        ("2.0 in inputs.ns", True),
        ("true in [1]", False),
        ("'a' in inputs.mixed", True),
        ("'b' in inputs.mixed", False),
        ("'a😀' in inputs.s", True),
        ("'' in ''", True),
        ("'no' in inputs.d", True),
        ("'k2' in inputs.d", False),
        ("not inputs.b", False),
        ("false and steps.a.outputs.x", False),
        ("true or steps.a.outputs.x", True),
        ("false or true and false", False),
        ("default(steps.a.outputs.x, 7)", 7),
        ("default(inputs.n, steps.a.outputs.x)", 3),
        ("default(steps.a.outputs.x[3].y == 1, true)", True),
        ("first_of(steps.a.outputs.x, steps.b.outputs.x, inputs.n, 9)", 3),
        ("length(inputs.s)", 3),
        ("length(inputs.d)", 3),
        ("length(inputs.none)", 0),
        ("join(inputs.ns, ', ')", "1, 2, 3"),
        ("join(inputs.none, ', ')", ""),
        ("join([1.0, 'a', true, [1, 'é'], inputs.raw], '|')", '1.0|a|true|[1,"é"]|/in/raw.csv'),
        ("json('é\"')", '"é\\""'),
        ("json(inputs.d)", '{"k":1,"a b":{"c":[true]},"no":null}'),
        ("json(inputs.raw)", '"/in/raw.csv"'),
        ("n=${{ inputs.n }} x=${{ inputs.x }} b=${{ inputs.b }}", "n=3 x=1.0 b=true"),
        ("${{ inputs.raw }}!", "/in/raw.csv!"),
        ("${{ inputs.raws }} ${{ inputs.none }}", '["/in/raw.csv","/in/b"] []'),
    ],
)
def test_it_evaluates(expression: str, value: Value) -> None:
    found = value_of(expression)
    assert (found, repr(found)) == (value, repr(value))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("inputs.ns[3]", "`inputs.ns[3]` is not there: `inputs.ns` has 3 elements, from 0"),
        ("inputs.ns[inputs.n]", "`inputs.ns[inputs.n]` is not there: `inputs.ns` has 3 elements, from 0"),
        ("inputs.ns[-1]", "`inputs.ns[-1]` is not there: `inputs.ns` has 3 elements, from 0"),
        ("inputs.d.q", "`inputs.d.q` is not there: `inputs.d` has no such key"),
        ("inputs.d.no", "`inputs.d.no` is null"),
        ("inputs.mixed[2]", "`inputs.mixed[2]` is null"),
        ("inputs.null", "`inputs.null` is null"),
        ("inputs.ns.k", "`inputs.ns` is a list, indexed by an int, not a string"),
        ("inputs.ns[true]", "`inputs.ns` is a list, indexed by an int, not a bool"),
        ("inputs.d[0]", "`inputs.d` is a dict, indexed by a string, not an int"),
        ("inputs.s[0]", "`inputs.s` is a string, which has no elements"),
        (
            "inputs.mixed[0] == inputs.mixed[1]",
            "`inputs.mixed[0]` is an int and `inputs.mixed[1]` a string, which `==` does not take",
        ),
        ("inputs.b == 1", "`inputs.b` is a bool and `1` an int, which `==` does not take"),
        ("inputs.n < 'a'", '`inputs.n` is an int and `"a"` a string, which `<` does not take'),
        ("true < false", "`true` is a bool and `false` a bool, which `<` does not take"),
        ("[1] < [2]", "`[1]` is a list and `[2]` a list, which `<` does not take"),
        ("1 in 'a'", '`1` is an int and `"a"` a string, which `in` does not take'),
        ("'a' in 1", '`"a"` is a string and `1` an int, which `in` does not take'),
        ("inputs.n and true", "`inputs.n` is an int, where `and` takes a bool"),
        ("false or inputs.s", "`inputs.s` is a string, where `or` takes a bool"),
        ("not inputs.n", "`inputs.n` is an int, where `not` takes a bool"),
        ("length(inputs.n)", "`inputs.n` is an int, which has no length"),
        ("join(inputs.s, ',')", "`inputs.s` is a string, where a list is wanted"),
        ("join(inputs.mixed, ',')", "`inputs.mixed` holds null, which has no text"),
        ("join(inputs.ns, 1)", "`1` is an int, where `join` takes a string"),
        ("args(inputs.ns)", "`args(inputs.ns)` stands for several arguments, and here one value is wanted"),
    ],
)
def test_it_fails_and_names_expressions_not_values(expression: str, message: str) -> None:
    with pytest.raises(ExpressionFault) as caught:
        value_of(expression)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "expression",
    [
        "steps.a.outputs.x",
        "[1, steps.a.outputs.x]",
        "steps.a.outputs.x.k[0]",
        "steps.a.outputs.x == 1",
        "true and steps.a.outputs.x",
        "first_of(steps.b.outputs.x, steps.a.outputs.x)",
        "default(steps.b.outputs.x, steps.a.outputs.x)",
        "length(steps.a.outputs.x)",
        "a ${{ steps.a.outputs.x }}",
    ],
)
def test_it_tells_which_absent_value_was_read(expression: str) -> None:
    with pytest.raises(AbsentValue) as caught:
        value_of(expression)
    assert caught.value.ref == ("steps", "a", "outputs", "x")
    assert str(caught.value) == "`steps.a.outputs.x` is absent"


def test_it_makes_the_dict_of_an_input() -> None:
    tree: Tree = ["dict", ["b", ["ref", "inputs", "n"]], ["a", ["lit", [1]]]]
    assert repr(evaluate(tree, Given())) == "{'b': 3, 'a': [1]}"


def test_it_makes_the_exact_command_line() -> None:
    argv = ["run", "--n=${{ inputs.n }}", "${{ inputs.b }}", "${{ args(inputs.ns) }}", "${{ inputs.raw }}", ""]
    trees = [template(element)[0] for element in argv]
    assert arguments(trees, Given()) == ["run", "--n=3", "true", "1", "2", "3", "/in/raw.csv", ""]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("args(inputs.n)", "`inputs.n` is an int, where a list is wanted"),
        ("args(inputs.mixed)", "`inputs.mixed` holds null, which has no text"),
    ],
)
def test_it_makes_no_arguments_of_what_is_no_list_of_texts(argument: str, message: str) -> None:
    with pytest.raises(ExpressionFault) as caught:
        arguments([parse(argument)[0]], Given())
    assert caught.value.message == message


def test_it_holds_a_value_to_the_declared_type() -> None:
    assert repr(evaluate_as(parse("inputs.n")[0], Given(), "float")) == "3.0"
    assert evaluate_as(parse("[inputs.raw]")[0], Given(), "list[artifact]") == [RAW]
    with pytest.raises(ExpressionFault) as caught:
        evaluate_as(parse("inputs.mixed")[0], Given(), "list[int]")
    assert caught.value.message == "`inputs.mixed` is not a list[int]: element 1 is a string, not an int"


def test_it_ends_on_a_tree_that_is_too_deep() -> None:
    tree: Tree = ["lit", True]
    for _ in range(100_000):
        tree = ["not", tree]
    with pytest.raises(ExpressionFault, match="nested too deep"):
        evaluate(tree, Given())


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (["dict", ["a", ["lit", 1]], ['"', ["ref", "item"]]], '{"a": 1, "\\"": item}'),
        (["lit", {"a": [1, None]}], '{"a":[1,null]}'),
        (["text", "a ${{ ", ["ref", "index"]], "a $${{ ${{ index }}"),
        (["get", ["get", ["ref", "item"], ["lit", "a-b"]], ["lit", "a b"]], 'item.a-b["a b"]'),
        (["not", ["and", ["ref", "item"], ["not", ["lit", True]]]], "not (item and (not true))"),
    ],
)
def test_it_shows_a_tree_as_people_write_it(tree: Tree, text: str) -> None:
    assert shown(tree) == text
