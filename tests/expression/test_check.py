"""Inference: the type, the absence and the mistakes of an expression."""

from __future__ import annotations

import pytest

from pipeglot_expression.check import Absence, FaultKind, Inferred, Read, Reading, Unreadable, infer, mismatch, type_of
from pipeglot_expression.syntax import template
from pipeglot_expression.trees import Tree
from pipeglot_expression.types import parse_type
from pipeglot_expression.values import Value

PARAMS = {
    "n": "int",
    "x": "float",
    "s": "string",
    "b": "bool",
    "ns": "list[int]",
    "names": "list[string]",
    "things": "list",
    "d": "dict",
    "o": "any",
}
OUTPUTS = {
    "sure": ("int", Absence.NEVER),
    "skips": ("int", Absence.SKIP),
    "fails": ("int", Absence.FAILURE),
    "raw": ("artifact", Absence.NEVER),
    "raws": ("list[artifact]", Absence.SKIP),
}


class Names:
    """A scope with params and the outputs of one step."""

    def resolve(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        if ref[0] == "params":
            if ref[1] in PARAMS:
                return Reading(parse_type(PARAMS[ref[1]]))
            return Unreadable(f"there is no param `{ref[1]}`", tuple(PARAMS))
        if ref[0] == "steps" and ref[2] == "outputs" and ref[3] in OUTPUTS:
            type, absence = OUTPUTS[ref[3]]
            return Reading(parse_type(type), absence)
        return Unreadable("there is no such thing here", hint="leave it out")


def inferred(expression: str, whole_argument: bool = False) -> tuple[Inferred, Tree]:
    short = expression.replace("$", "steps.a.outputs.")
    tree, _ = template(f"${{{{ {short} }}}}")
    return infer(tree, Names(), whole_argument=whole_argument), tree


@pytest.mark.parametrize(
    ("expression", "type"),
    [
        ("params.n", "int"),
        ("3", "int"),
        ("1.5", "float"),
        ("'a'", "string"),
        ("true", "bool"),
        ("[]", "list"),
        ("[1, 2]", "list[int]"),
        ("[1, 2.5]", "list[float]"),
        ("[1, 'a']", "list"),
        ("[params.o, 1]", "list"),
        ("[[1], []]", "list[list]"),
        ("[$raw, $raw]", "list[artifact]"),
        ("params.ns[0]", "int"),
        ("params.things[params.n]", "any"),
        ("params.ns[params.o]", "int"),
        ("params.d.key", "any"),
        ("params.d[params.s]", "any"),
        ("params.o.a[3].b", "any"),
        ("$raws[0]", "artifact"),
        ("not params.b", "bool"),
        ("params.b and params.o", "bool"),
        ("params.n == params.x", "bool"),
        ("params.o != 'a'", "bool"),
        ("params.ns == [1]", "bool"),
        ("params.d == params.d", "bool"),
        ("params.n < 2.5", "bool"),
        ("params.s >= 'a'", "bool"),
        ("params.o < 3", "bool"),
        ("params.o < params.o", "bool"),
        ("params.n in params.ns", "bool"),
        ("1.5 in params.ns", "bool"),
        ("params.s in params.d", "bool"),
        ("'a' in params.s", "bool"),
        ("params.o in params.o", "bool"),
        ("'a' in params.things", "bool"),
        ("default($skips, 3)", "int"),
        ("default($skips, 3.5)", "float"),
        ("first_of($skips, $fails, params.o)", "any"),
        ("length(params.s) == length(params.d)", "bool"),
        ("length($raws)", "int"),
        ("join(params.names, ',')", "string"),
        ("join($raws, ' ')", "string"),
        ("json($raws)", "string"),
    ],
)
def test_it_infers_the_type(expression: str, type: str) -> None:
    found, _ = inferred(expression)
    assert found.faults == ()
    assert str(found.type) == type


def test_text_is_a_string_whatever_stands_in_it() -> None:
    tree, _ = template("a ${{ params.d }} b ${{ steps.a.outputs.raws }}")
    found = infer(tree, Names())
    assert (str(found.type), found.absence, found.cause) == ("string", Absence.SKIP, (4,))


SMELLS = [
    ("params.m", (), "there is no param `m`", None),
    ("params.name", (), "there is no param `name`", "did you mean `params.names`?"),
    ("inputs.x", (), "there is no such thing here", "leave it out"),
    ("params.n == 's'", (), '`params.n` is an int and `"s"` a string: `==` compares values of one type', None),
    ("params.b == 1", (), "`params.b` is a bool and `1` an int: `==` compares values of one type", None),
    ("[1] == ['a']", (), '`[1]` is a list[int] and `["a"]` a list[string]: `==` compares values of one type', None),
    (
        "$raw == 'a'",
        (),
        '`steps.a.outputs.raw` is an artifact and `"a"` a string: `==` compares values, and an artifact is none',
        None,
    ),
    (
        "params.b < true",
        (),
        "`params.b` is a bool and `true` a bool: `<` orders numbers and strings, and bools have no order",
        None,
    ),
    ("params.o > [1]", (), "`params.o` is a value and `[1]` a list[int]: `>` orders numbers and strings", None),
    (
        "params.n < 'a'",
        (),
        '`params.n` is an int and `"a"` a string: `<` orders a number with a number and a string with a string',
        None,
    ),
    (
        "'1' in params.ns",
        (),
        '`"1"` is a string and `params.ns` a list[int]: `in` looks for an element of the list\'s own type',
        None,
    ),
    ("1 in params.s", (), "`1` is an int and `params.s` a string: `in` looks for a string in a string", None),
    ("1 in params.d", (), "`1` is an int and `params.d` a dict: `in` looks for a string in a dict", None),
    ("1 in params.n", (), "`1` is an int and `params.n` an int: `in` looks into a list, a dict or a string", None),
    ("params.n and true", (1,), "`params.n` is an int, and `and` takes a bool", None),
    ("true or 's'", (2,), '`"s"` is a string, and `or` takes a bool', None),
    ("not params.s", (1,), "`params.s` is a string, and `not` takes a bool", None),
    ("params.n.a", (), "`params.n` is an int, which has no elements", None),
    ("params.s[0]", (), "`params.s` is a string, which has no elements", None),
    ("$raw.path", (), "`steps.a.outputs.raw` is an artifact, which has no elements", None),
    (
        "params.ns.a",
        (2,),
        '`params.ns` is a list[int], which is indexed by an int, and `"a"` is a string',
        None,
    ),
    ("params.d[0]", (2,), "`params.d` is a dict, which is indexed by a string, and `0` is an int", None),
    ("params.ns[-1]", (2,), "`-1` is no index: they count from 0", None),
    ("params.o[true]", (2,), "`true` is a bool, and no index", None),
    ("default(params.n, 'a')", (3,), "`default` chooses between an int and a string, which do not mix", None),
    ("first_of(1, 2.5, true)", (4,), "`first_of` chooses between a float and a bool, which do not mix", None),
    ("default($raw, params.o)", (3,), "`default` chooses between an artifact and a value, which do not mix", None),
    ("length(params.n)", (2,), "`params.n` is an int, and `length` takes a list, a dict or a string", None),
    ("join(params.s, ',')", (2,), "`params.s` is a string, and `join` takes a list", None),
    ("join(params.ns, 1)", (3,), "`1` is an int, and `join` takes a string between the elements", None),
    ("[1, $raw]", (2,), "a list holds artifacts or values, and here both", None),
    (
        "args(params.ns)",
        (),
        "`args(…)` stands for several arguments, so it can only be a whole element of a `run` list",
        None,
    ),
]


@pytest.mark.parametrize(("expression", "path", "message", "hint"), SMELLS)
def test_it_names_a_mistake(expression: str, path: tuple[int, ...], message: str, hint: str | None) -> None:
    found, _ = inferred(expression)
    assert [(fault.path, fault.message, fault.hint) for fault in found.faults] == [(path, message, hint)]


def test_it_tells_unknown_names_from_types_and_places() -> None:
    kinds = [inferred(text)[0].faults[0].kind for text in ("params.m", "not 1", "args([1])")]
    assert kinds == [FaultKind.NAME, FaultKind.TYPE, FaultKind.PLACE]


def test_it_tells_all_mistakes_and_each_once() -> None:
    found, _ = inferred("params.m == 1 and not params.n or params.k.x[0] in [params.m, 1]")
    assert [fault.path for fault in found.faults] == [(1, 1, 1), (1, 2, 1), (2, 1, 1, 1), (2, 2, 1)]


def test_args_is_a_whole_argument_of_a_list() -> None:
    good, _ = inferred("args(params.ns)", whole_argument=True)
    assert (good.faults, str(good.type)) == ((), "list[int]")
    bad, _ = inferred("args(params.n)", whole_argument=True)
    assert [(fault.path, fault.message) for fault in bad.faults] == [
        ((1,), "`params.n` is an int, and `args` takes a list")
    ]
    inner, _ = inferred("length(args(params.ns))", whole_argument=True)
    assert [fault.kind for fault in inner.faults] == [FaultKind.PLACE]


@pytest.mark.parametrize(
    ("expression", "absence", "cause"),
    [
        ("params.n", Absence.NEVER, ()),
        ("$sure", Absence.NEVER, ()),
        ("$skips", Absence.SKIP, ()),
        ("$fails", Absence.FAILURE, ()),
        ("[$skips, $fails]", Absence.FAILURE, (2,)),
        ("[$skips, $sure]", Absence.SKIP, (1,)),
        ("$skips == 1 and $fails == 2", Absence.FAILURE, (2, 1)),
        ("default($fails, 3)", Absence.NEVER, ()),
        ("default($fails, $skips)", Absence.SKIP, (3,)),
        ("default($skips, $fails)", Absence.SKIP, (2,)),
        ("first_of($fails, $fails)", Absence.FAILURE, (3,)),
        ("first_of($fails, $skips, params.n)", Absence.NEVER, (4,)),
        ("first_of($fails, $skips)", Absence.SKIP, (3,)),
        ("length($raws) > 0", Absence.SKIP, (1, 2)),
        ("join(default($raws, [$raw]), ',')", Absence.NEVER, ()),
        ("json($fails)", Absence.FAILURE, (2,)),
        ("$raws[$fails]", Absence.FAILURE, (2,)),
    ],
)
def test_it_knows_what_can_be_absent(expression: str, absence: Absence, cause: tuple[int, ...]) -> None:
    found, _ = inferred(expression)
    assert found.absence is absence
    if absence is not Absence.NEVER:
        assert found.cause == cause


def test_it_lists_what_is_read_and_what_is_guarded() -> None:
    found, _ = inferred("default($skips, $fails) == $sure and $skips > 1")
    output = "steps", "a", "outputs"
    assert found.reads == (
        Read((*output, "skips"), (1, 1, 2), Absence.SKIP, guarded=True),
        Read((*output, "fails"), (1, 1, 3), Absence.FAILURE, guarded=True),
        Read((*output, "sure"), (1, 2), Absence.NEVER, guarded=False),
        Read((*output, "skips"), (2, 1), Absence.SKIP, guarded=True),
    )


def test_it_checks_dicts_of_inputs() -> None:
    tree: Tree = ["dict", ["a", ["ref", "params", "n"]], ["b", ["ref", "steps", "a", "outputs", "raw"]]]
    found = infer(tree, Names())
    assert str(found.type) == "dict"
    assert [(fault.path, fault.message) for fault in found.faults] == [
        ((2, 1), "`steps.a.outputs.raw` is an artifact, and a dict holds values only: `b`")
    ]


def test_it_says_what_stands_where_another_type_is_wanted() -> None:
    found, tree = inferred("params.names")
    assert mismatch(found.type, parse_type("list"), tree) is None
    assert mismatch(found.type, parse_type("int"), tree) == "`params.names` is a list[string], where an int is wanted"


@pytest.mark.parametrize(
    ("value", "type"),
    [
        (1, "int"),
        ([1, 2.5], "list[float]"),
        ([1, "a"], "list"),
        ([[1], ["a"]], "list"),
        ({"a": 1}, "dict"),
        ([None], "list"),
    ],
)
def test_it_knows_the_type_of_a_literal(value: Value, type: str) -> None:
    assert str(type_of(value)) == type
