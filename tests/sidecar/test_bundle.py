"""The one file that is shipped: fresh, small, and light."""

from __future__ import annotations

import json
import string
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeglot.driver.compiling import packed_sidecar
from pipeglot_sidecar.bundle import FORMS, TARGET, bundle, packed_bundle
from pipeglot_sidecar.minifying import minified
from tests.pythons import python
from tests.sidecar import executor_stage
from tests.sidecar.conftest import OLDEST
from tests.sidecar.stage import Stage, sh

ROOM, ROOM_WHOLE, ROOM_STORES = 32 * 1024, 36 * 1024, 52 * 1024
BENT = set('"\\$&<>{ ')
"""Letters in which tags begin, or that JSON or Go write as several."""
LIGHT = {
    *("__future__", "errno", "importlib.machinery", "json", "resource", "select", "signal", "time"),
    *("_json", "_sha1", "_sha2", "_sha256", "_ctypes"),
}
"""What the sidecar loads, apart from what these load themselves. `resource` comes with `os.wait3`; `_ctypes`, the C
part of ctypes alone, makes it a subreaper, and nothing of what it would load comes along."""

PROBE = """
import json, importlib.machinery, os, signal, sys
bare, writes, write = set(sys.modules), [], os.write
def counted(descriptor, data):
    writes.append(len(data))
    return write(descriptor, data)
def tell():
    with open(os.environ["PROBED"], "w") as file:
        json.dump({"modules": sorted(set(sys.modules) - bare), "writes": writes}, file)
import atexit
atexit.register(tell)
os.write = counted
"""


def probed(stage: Stage) -> dict[str, Any]:
    """What the sidecar's process loaded and wrote, told by itself at its end."""
    folder = stage.folder / "probe"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(PROBE)
    outcome = stage.run(PYTHONPATH=str(folder), PROBED=str(folder / "told"))
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads((folder / "told").read_text())
    return {**found, "events": len(outcome.events)}


def test_it_is_what_its_modules_say() -> None:
    assert TARGET.read_text("utf-8") == bundle(), "run `python -m pipeglot_sidecar.bundle`"


def test_it_is_bundled_the_same_at_every_time() -> None:
    assert bundle() == bundle()


def test_what_stands_in_definitions_is_made_of_it() -> None:
    for path in FORMS:
        assert path.read_text("utf-8") == packed_bundle(path), "run `python -m pipeglot_sidecar.bundle`"


def test_it_is_small_enough_to_stand_in_a_command() -> None:
    assert len(executor_stage.PROGRAM) < ROOM


def test_with_all_that_few_ask_for_it_is_not_much_larger() -> None:
    assert len(packed_sidecar("sidecar-whole")) < ROOM_WHOLE
    assert len(packed_sidecar("sidecar-stores")) < ROOM_STORES, "eight times this a task takes of Kubeflow's 1 MiB"


def test_what_stands_in_a_command_is_bent_by_nothing_on_the_way() -> None:
    assert set(executor_stage.PROGRAM) <= set(string.printable) - BENT - set(string.whitespace)


def test_a_text_inside_the_braces_of_another_needs_no_new_python() -> None:
    program = """x = f"{{{a['b']!r:>4}}} {', '.join(c)} {d}"\nassert x\n"""
    named = {"a": {"b": "e"}, "c": ["f", "g"], "d": 1}
    exec(program, whole := dict(named))
    exec(text := minified(program), short := dict(named))
    assert next(reversed(short.values())) == whole["x"] == "{ 'e'} f, g 1"
    assert ".format(" in text


def test_what_a_call_names_keeps_its_name() -> None:
    program = """
def scaled(number, factor, most=9):
    return min(number * factor, most)


class Kept:
    __slots__ = ("value",)

    def __init__(self, value, extra=0):
        self.value = value + extra


made = [scaled(2, 3), scaled(2, factor=4), scaled(4, 5, most=7), Kept(1, extra=2).value, (lambda one: one + 1)(1)]
assert made
"""
    exec(program, whole := dict[str, Any]())
    exec(text := minified(program), short := dict[str, Any]())
    assert next(reversed(short.values())) == whole["made"] == [6, 8, 7, 3, 2]
    assert ("number" in text, "factor" in text, "__slots__" in text) == (False, True, False)


@pytest.mark.parametrize("version", ["this", OLDEST])
def test_what_stands_in_a_command_runs_a_step(version: str, tmp_path: Path) -> None:
    found = sys.executable if version == "this" else python(version)
    if found is None:
        pytest.skip(f"there is no Python {version} here")
    step = {"body": {"argv": [["text", "sh"], ["text", "-c"], ["text", 'echo 1 > "$PIPEGLOT_OUTPUT_N"']]}}
    left = executor_stage.Stage(tmp_path, step={**step, "outputs": {"n": {"type": "int"}}}, python=found).run()
    assert (left.code, left.files["n"], left.end) == (0, "1", ("succeeded", None)), left.err


def test_it_loads_little(any_stage: Stage) -> None:
    any_stage.step(sh('echo 1 > "$PIPEGLOT_OUTPUT_N"'), outputs={"n": {"type": "int"}})
    assert set(probed(any_stage)["modules"]) - {"atexit"} <= LIGHT


def test_it_writes_each_event_at_once(any_stage: Stage) -> None:
    any_stage.step(sh('echo 1 > "$PIPEGLOT_OUTPUT_N"'), outputs={"n": {"type": "int"}})
    found = probed(any_stage)
    reserve = keeper = 1
    assert (found["events"], len(found["writes"])) == (4, 4 + reserve + keeper)


def test_it_is_kept_compiled_where_that_is_allowed(stage: Stage) -> None:
    stage.own_sidecar()
    stage.step(sh("echo ran"))
    for _ in range(2):
        assert stage.run().out == "ran\n"
    assert len(list((stage.folder / "__pycache__").iterdir())) == 1


def test_it_runs_from_a_folder_that_cannot_be_written(stage: Stage) -> None:
    stage.own_sidecar()
    (stage.folder / "__pycache__").write_text("in the way")
    assert stage.step(sh("echo ran")).run().out == "ran\n"
