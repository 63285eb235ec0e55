"""Python source that holds any text and stays what it was."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeglot.ir import Json
from pipeglot_backends.airflow.emit.python_text import Call, Name, assignment, keywords, layout, node, text, variable

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=8,
)


@given(some.text())
def test_it_writes_any_text_as_one_constant(value: str) -> None:
    assert ast.literal_eval(text(value)) == value


@given(JSON)
def test_it_writes_any_value_as_itself(value: Json) -> None:
    assert ast.literal_eval(layout(node(value), 1, 20)) == value


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("train", (), "train"),
        ("wire-x", (), "wire_x"),
        ("class", (), "class_"),
        ("match", (), "match_"),
        ("outer.inner", ("outer_inner",), "outer_inner_"),
        ("0day", (), "_0day"),
        ("é", (), "__"),
    ],
)
def test_it_makes_a_variable_of_any_id(name: str, taken: tuple[str, ...], expected: str) -> None:
    assert variable(name, taken) == expected
    assert variable(name, taken).isidentifier()


def test_it_lays_out_as_the_formatter_does() -> None:
    long: list[str] = ["a" * 30] * 5
    source = "\n".join(
        [
            assignment("short", Call("Step", keywords({"task_id": "a", "left_out": None, "rule": Name("X.Y")}))),
            assignment("deep", {"a": list(long), "b": Call("Param", (("enum", list(long)),), (1,))}),
            "",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "-"],
        input=source, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == source
