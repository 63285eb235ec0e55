"""What is shipped beside each step runs on Python 3.8, loads little and fits into one file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from tests.pythons import python

import pipeglot_expression

PACKAGE = Path(pipeglot_expression.__file__).parent
MODULES = sorted(path.name for path in PACKAGE.glob("*.py"))
SHIPPED = ("values.py", "evaluate.py")
STANDARD = {"__future__", "json", "re"}

EXERCISE = """
from pipeglot_expression.syntax import template
from pipeglot_expression.check import Reading, infer
from pipeglot_expression.limits import check_limits, limit_faults
from pipeglot_expression.types import INT

class Scope:
    def resolve(self, ref):
        return Reading(INT)
    def lookup(self, ref):
        return ABSENT if ref[0] == "steps" else 3

tree, spans = template("n=${{ default(steps.a.outputs.x, params.n) }} ${{ [1, 'é'][1] in ['é'] and length('ab') < 3 }}")
assert infer(tree, Scope()).faults == ()
assert evaluate(tree, Scope()) == "n=3 true"
assert from_wire(to_wire({"${k}": [1, 1.0, None, "é😀"]})) == {"${k}": [1, 1.0, None, "é😀"]}
assert repr(read_value(b"[1, 2]", "list[float]")) == "[1.0, 2.0]"
assert arguments([["args", ["lit", [1, "a"]]]], Scope()) == ["1", "a"]
assert limit_faults("int", {"min": 1}) == () and check_limits(0, "int", {"min": 1}) == "`0` is less than 1"
print("fine")
"""


def shipped_text() -> str:
    """The modules in one file, as the sidecar holds them."""
    lines: list[str] = ["from __future__ import annotations"]
    for name in SHIPPED:
        text = (PACKAGE / name).read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("__future__", "pipeglot"))):
                lines.append(ast.get_source_segment(text, node) or "")
    return "\n".join(lines)


@pytest.mark.parametrize("name", MODULES)
def test_it_is_written_in_the_syntax_of_3_8(name: str) -> None:
    ast.parse((PACKAGE / name).read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("name", SHIPPED)
def test_it_imports_little(name: str) -> None:
    allowed = STANDARD | {"pipeglot_expression.values"}
    for node in ast.parse((PACKAGE / name).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= allowed
        if isinstance(node, ast.ImportFrom):
            assert node.module in allowed


def test_the_shipped_modules_define_no_name_twice() -> None:
    names = [
        node.name
        for name in SHIPPED
        for node in ast.parse((PACKAGE / name).read_text(encoding="utf-8")).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    ] + [
        target.id
        for name in SHIPPED
        for node in ast.parse((PACKAGE / name).read_text(encoding="utf-8")).body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    assert len(names) == len(set(names))


def run(python: str, program: str) -> str:
    command = [python, "-W", "error", "-B", "-c", program, str(PACKAGE.parent)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True, env={"PYTHONIOENCODING": "utf-8"}
    ).stdout


@pytest.mark.parametrize("where", ["3.8", "here"])
def test_it_works(where: str) -> None:
    chosen = sys.executable if where == "here" else python("3.8")
    if chosen is None:
        pytest.skip("no Python 3.8 on this machine")
    path = "import sys; sys.path.insert(0, sys.argv[1])\n"
    packaged = "from pipeglot_expression.values import *\nfrom pipeglot_expression.evaluate import *\n"
    assert run(chosen, path + packaged + EXERCISE) == "fine\n"
    assert run(chosen, shipped_text() + "\n" + path + EXERCISE) == "fine\n"


def test_the_shipped_modules_load_nothing_that_json_does_not() -> None:
    program = """
import sys, json, __future__
before = set(sys.modules)
exec(sys.stdin.read())
print(sorted(set(sys.modules) - before))
"""
    command = [sys.executable, "-I", "-c", program]
    done = subprocess.run(command, input=shipped_text(), capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "[]\n"
