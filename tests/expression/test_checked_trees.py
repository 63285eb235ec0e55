"""An expression without a fault ends in a value of its type, or in one of the two ways it may fail."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeglot_expression.check import Absence, Reading, Unreadable, infer
from pipeglot_expression.evaluate import AbsentValue, ExpressionFault, evaluate, shown
from pipeglot_expression.syntax import parse
from pipeglot_expression.trees import Tree, is_constant
from pipeglot_expression.types import parse_type
from pipeglot_expression.values import ABSENT, Artifact, Value, convert

TYPES = {
    "n": "int",
    "x": "float",
    "s": "string",
    "b": "bool",
    "ns": "list[int]",
    "xs": "list[float]",
    "l": "list",
    "d": "dict",
    "o": "any",
    "raw": "artifact",
    "raws": "list[artifact]",
}
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.integers(-2, 3),
    st.sampled_from([0.5, -1.0, 1e300, 2.0**53]),
    st.booleans(),
    st.text("abé😀", max_size=2),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(st.one_of(inner, st.none()), max_size=3),
        st.dictionaries(st.sampled_from("abk"), st.one_of(inner, st.none()), max_size=3),
    ),
    max_leaves=5,
)
ARTIFACTS = st.sampled_from("pq").map(Artifact)
OF_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers(0, 4),
    "float": st.floats(-2, 2),
    "string": st.sampled_from(["", "a", "b", "ab", "k"]),
    "bool": st.booleans(),
    "list[int]": st.lists(st.integers(0, 3), max_size=3),
    "list[float]": st.lists(st.floats(-2, 2), max_size=3),
    "list": st.lists(st.one_of(ANYTHING, st.none()), max_size=3),
    "dict": st.dictionaries(st.sampled_from("abk"), st.one_of(ANYTHING, st.none()), max_size=3),
    "any": ANYTHING,
    "artifact": ARTIFACTS,
    "list[artifact]": st.lists(ARTIFACTS, max_size=3),
}
SCOPES = st.fixed_dictionaries({name: st.one_of(OF_TYPE[type], st.just(ABSENT)) for name, type in TYPES.items()})


def operations(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "and", "or"]), inner, inner).map(list),
        st.tuples(st.just("get"), inner, inner).map(list),
        st.tuples(st.just("not"), inner).map(list),
        st.lists(inner, max_size=3).map(lambda parts: ["list", *parts]),
        st.tuples(st.just("call"), st.sampled_from(["length", "json"]), inner).map(list),
        st.tuples(st.just("call"), st.sampled_from(["default", "join", "first_of"]), inner, inner).map(list),
        st.tuples(st.just("text"), st.just("${{"), inner).map(list),
    )


REFS = st.sampled_from(sorted(TYPES)).map(lambda name: ["ref", "inputs", name])
LITERALS = LEAVES.map(lambda value: ["lit", value])
TREES: st.SearchStrategy[Tree] = st.recursive(st.one_of(REFS, LITERALS), operations, max_leaves=8)


class Scope:
    def __init__(self, values: dict[str, Value]) -> None:
        self.values = values

    def resolve(self, ref: tuple[str, ...]) -> Reading | Unreadable:
        absence = Absence.SKIP if self.values[ref[1]] is ABSENT else Absence.NEVER
        return Reading(parse_type(TYPES[ref[1]]), absence)

    def lookup(self, ref: tuple[str, ...]) -> Value:
        return self.values[ref[1]]


@st.composite
def typed(draw: st.DrawFn, type: str, depth: int = 3) -> Tree:
    """Trees without a fault, most of them deep enough to meet a bad index, a bad key or a null on the way."""
    shapes = SHAPES.get(type, ()) if depth else ()
    shape = draw(st.sampled_from(["ref", "lit", f"call default :{type} :{type}", *shapes]))
    if shape == "lit" and type in ("int", "string", "bool", "float"):
        return ["lit", draw(OF_TYPE[type])]
    if shape in ("ref", "lit") or not depth:
        return ["ref", "inputs", next(name for name, known in TYPES.items() if known == type)]
    return [draw(typed(part[1:], depth - 1)) if part.startswith(":") else part for part in shape.split()]


SHAPES = {
    "int": ("call length :list", "call length :dict", "get :list[int] :int"),
    "float": ("get :list[float] :int",),
    "string": ("call json :list[artifact]", "call join :list :string", "text a :float", "text :artifact :dict"),
    "bool": ("and :bool :any", "or :bool :bool", "not :any", "< :int :float", ">= :any :string", "== :any :list",
             "!= :dict :dict", "in :any :list", "in :string :dict", "in :int :list[float]", "in :any :any"),
    "list": ("list :any :int", "list :list[int] :dict"),
    "list[int]": ("list :int :int",),
    "artifact": ("get :list[artifact] :int",),
    "any": ("get :any :any", "get :list :int", "get :dict :string", "get :any :string"),
}  # fmt: skip


def outcome(tree: Tree, scope: Scope) -> Value | Exception:
    try:
        return evaluate(tree, scope)
    except (AbsentValue, ExpressionFault) as fault:
        return fault


@given(st.sampled_from(sorted(TYPES.values())).flatmap(typed), SCOPES)
def test_a_checked_expression_keeps_its_promise(tree: Tree, values: dict[str, Value]) -> None:
    scope = Scope(values)
    found = infer(tree, scope)
    assert found.faults == ()
    value = outcome(tree, scope)
    if isinstance(value, AbsentValue):
        assert found.absence is Absence.SKIP
    elif not isinstance(value, Exception):
        convert(value, str(found.type))


@given(TREES, SCOPES)
def test_any_expression_ends_in_a_value_or_a_fault(tree: Tree, values: dict[str, Value]) -> None:
    scope = Scope(values)
    assert outcome(tree, scope) is not None


@given(TREES)
def test_what_is_shown_is_parsed_back(tree: Tree) -> None:
    if "'text'" not in repr(tree):
        assert repr(parse(shown(tree))[0]) == repr(tree)


@given(TREES)
def test_what_reads_nothing_needs_no_scope(tree: Tree) -> None:
    if is_constant(tree):
        assert repr(outcome(tree, Scope({}))) == repr(outcome(tree, Scope({"n": 1})))
