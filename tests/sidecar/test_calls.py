"""`python:` bodies: a function called with inputs, its outputs taken from what it returns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sidecar.stage import Outcome, Stage, lit, ref

INT, TEXT = {"type": "int"}, {"type": "string"}


def called(stage: Stage, source: str, outputs: dict[str, Any] | None = None, **entries: Any) -> Outcome:
    (stage.folder / "code" / "deep").mkdir(parents=True)
    (stage.folder / "code" / "deep" / "work.py").write_text(source, "utf-8")
    return stage.step({"call": "deep.work:f"}, outputs=outputs or {}, **entries).run(**entries.pop("settings", {}))


def test_it_calls_a_function_with_typed_inputs(any_stage: Stage) -> None:
    values = {"i": 1, "f": 1.0, "b": True, "s": "é😀\n", "l": [1, {"a": None}], "d": {"k": [1.5]}}
    kinds = {"i": "int", "f": "float", "b": "bool", "s": "string", "l": "list", "d": "dict"}
    inputs = {name: {"type": kinds[name], "value": lit(value)} for name, value in values.items()}
    source = "def f(**given):\n    print(sorted(given.items()))"
    outcome = called(any_stage, source, inputs=inputs)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{sorted(values.items())}\n", "")


def test_it_hands_paths_over_as_paths(stage: Stage) -> None:
    source = (
        "def f(one, several, out):\n    out.write_text(one.read_text() + repr([type(p).__name__ for p in several]))"
    )
    (stage.folder / "x").write_text("x")
    (stage.folder / "y").write_text("y")
    reads = [
        {"slot": f"steps.{name}.outputs.m", "step": name, "output": "m", "type": "artifact", "file": name, "fan": fan}
        for name, fan in (("x", False), ("y", True))
    ]
    inputs = {
        "one": {"type": "artifact", "value": ref("steps.x.outputs.m")},
        "several": {"type": "list[artifact]", "value": ref("steps.y.outputs.m")},
    }
    (stage.folder / "code").mkdir()
    (stage.folder / "code" / "work.py").write_text(source)
    stage.step({"call": "work:f"}, inputs=inputs, reads=reads, outputs={"out": {"artifact": "file", "file": "out.txt"}})
    given = {
        reads[0]["slot"]: json.dumps(str(stage.folder / "x")),
        reads[1]["slot"]: json.dumps([[0, str(stage.folder / "y")]]),
    }
    outcome = stage.run(reads={str(slot): text for slot, text in given.items()})
    (written,) = outcome.artifacts.rglob("out.txt")
    assert written.read_text() in ("x['PosixPath']", "x['PosixPath']\n")


@pytest.mark.parametrize(
    ("source", "outputs", "handed"),
    [
        ("def f(): return 3", {"n": INT}, {"n": "3"}),
        ("def f(): return 'a\\n'", {"n": TEXT}, {"n": '"a\\n"'}),
        ("def f(): return {'a': 1, 'b': 'x'}", {"a": INT, "b": TEXT}, {"a": "1", "b": '"x"'}),
        ("def f(): return {'k': 1}", {"n": {"type": "dict"}}, {"n": r"\u007b" + '"k":1' + r"\u007d"}),
        ("def f(): pass", {"n": {**INT, "optional": True}}, {"n": "null"}),
        ("def f(): return {'a': 1}", {"a": INT, "b": {**INT, "default": 2}}, {"a": "1", "b": "2"}),
        ("def f(): return (1, 2)", {"n": {"type": "list[int]"}}, {"n": "[1,2]"}),
        ("class N:\n    def item(self): return 7\ndef f(): return N()", {"n": INT}, {"n": "7"}),
        ("def f(): return object()", {}, {}),
    ],
)
def test_it_takes_outputs_from_what_is_returned(
    stage: Stage, source: str, outputs: dict[str, Any], handed: dict[str, str]
) -> None:
    outcome = called(stage, source, outputs)
    assert outcome.code == 0, outcome.err
    results = {name: outcome.results[name].replace("{", r"\u007b").replace("}", r"\u007d") for name in outputs}
    assert results == handed


@pytest.mark.parametrize(
    ("source", "outputs", "message"),
    [
        ("def f(): return 3", {"a": INT, "b": INT}, "returned a int, and it has several outputs"),
        ("def f(): return {'a': 1, 'z': 1}", {"a": INT, "b": INT}, "returned `z`, which is not among its outputs"),
        ("def f(): return 3", {"n": TEXT}, "returned a int for `n`, which is a string"),
        ("def f(): return object()", {"n": INT}, "returned a object for `n`, which cannot be written as JSON"),
    ],
)
def test_it_refuses_what_it_cannot_hand_on(stage: Stage, source: str, outputs: dict[str, Any], message: str) -> None:
    outcome = called(stage, source, outputs)
    assert (outcome.code, outcome.end) == (1, ("failed", "exit-code"))
    assert f"pipeglot: `deep.work:f` {message}" in outcome.err
    assert "Traceback" not in outcome.err


def test_it_shows_a_traceback_of_the_function_alone(any_stage: Stage) -> None:
    outcome = called(any_stage, "def f():\n    raise ValueError('mine')")
    assert (outcome.code, outcome.one("end")["exit_code"]) == (1, 1)
    assert 'work.py", line 2, in f' in outcome.err
    assert "ValueError: mine" in outcome.err
    assert "pipeglot_sidecar" not in outcome.err
    assert "in call" not in outcome.err


def test_it_lets_a_function_exit(stage: Stage) -> None:
    outcome = called(stage, "import sys\ndef f(): sys.exit(7)")
    assert (outcome.code, outcome.end) == (7, ("failed", "exit-code"))


def test_it_runs_functions_that_start_processes(stage: Stage) -> None:
    source = (
        "import multiprocessing\n"
        "def square(n): return n * n\n"
        "def f():\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        return sum(pool.map(square, [1, 2, 3]))\n"
    )
    assert called(stage, source, {"n": INT}).results["n"] == "14"


def test_it_says_that_a_module_or_a_function_is_not_there(stage: Stage) -> None:
    outcome = called(stage, "def g(): pass")
    assert outcome.code == 1
    assert "has no attribute 'f'" in outcome.err


def test_it_says_what_a_notebook_needs(stage: Stage) -> None:
    (stage.folder / "code").mkdir()
    (stage.folder / "code" / "papermill.py").write_text("raise ImportError('not here')")
    stage.step({"notebook": "a.ipynb"}, outputs={"notebook": {"artifact": "report", "file": "notebook.ipynb"}})
    outcome = stage.run()
    assert outcome.end == ("failed", "exit-code")
    assert "which `" in outcome.err
    assert "does not have (not here): install papermill and ipykernel there" in outcome.err
