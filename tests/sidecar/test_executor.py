"""How Kubeflow and Vertex start the sidecar, as shipped: the executor input in, files and descriptions out."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from pipeglot.diagnostics.sources import Json
from pipeglot.readable import readable
from pipeglot_backends.kubeflow.emit.bindings import code_folder
from pipeglot_backends.kubeflow.emit.expressions import TAGS
from pipeglot_backends.kubeflow.emit.sidecar_task import WRITE
from pipeglot_backends.kubeflow.emit.step_tables import blocks
from pipeglot_backends.kubeflow.emit.types import wrapped
from pipeglot_backends.remote.log_records import record
from pipeglot_expression.runtime.packing import packed_text
from pipeglot_sidecar.inputs.executor_input import DEFINITION, STEP, STEP_TABLE, ExecutorInput
from pipeglot_sidecar.inputs.step_table import load
from tests.sidecar.executor_stage import PROGRAM, Stage

HOSTILE = "a{{workflow.uid}}b $(X) ${Y} %d \"q\" 'z' \\ {{=2*3}} {{$.inputs.parameters['p']}} é😀\n\t end"
SHOW = "import os, sys; sys.stdout.write(os.environ['PIPEGLOT_INPUT_X'])"
RUN = "11111111-2222-4333-8444-555555555555"


def argv(*parts: Any) -> dict[str, Any]:
    return {"argv": [["text", part] if isinstance(part, str) else part for part in parts]}


def read(slot: str, kind: str, **more: Any) -> dict[str, Any]:
    words = slot.split(".")
    found = {"step": words[1], "output": words[-1]} if words[0] == "steps" else {}
    return {"slot": slot, "type": kind, **found, **more}


def shows_param(folder: Path, kind: str) -> Stage:
    step = {
        "body": argv("python3", "-c", SHOW),
        "inputs": {"x": {"type": kind, "value": ["ref", "params", "p"]}},
        "reads": [read("params.p", kind)],
    }
    return Stage(folder, {"p": kind}, step)


def shows_output(folder: Path, kind: str, **more: Any) -> Stage:
    step = {
        "body": argv("python3", "-c", SHOW),
        "inputs": {"x": {"type": kind, "value": ["ref", "steps", "a", "outputs", "v"]}},
        "reads": [read("steps.a.outputs.v", kind, **more)],
    }
    return Stage(folder, {}, step)


@pytest.mark.parametrize("sent", [HOSTILE, wrapped(HOSTILE)], ids=["typed by a person", "sent by submit"])
def test_it_takes_a_text_from_people_and_from_submit(sent: str, tmp_path: Path) -> None:
    assert shows_param(tmp_path, "string").run({"p": sent}).out == HOSTILE


def test_it_takes_texts_within_lists_and_dicts(tmp_path: Path) -> None:
    value: Json = {HOSTILE: [HOSTILE, 1, {"k": "plain"}]}
    assert json.loads(shows_param(tmp_path, "dict").run({"p": wrapped(value)}).out) == value


@pytest.mark.parametrize(
    ("kind", "sent", "seen"),
    [
        ("int", 7.0, "7"),
        ("float", 2, "2.0"),
        ("bool", False, "false"),
        ("list[int]", [1.0, 2.0], "[1,2]"),
        ("dict", {"k": [1.0, 2.5, {"n": 3.0}]}, '{"k":[1,2.5,{"n":3}]}'),
        ("int", "12", "12"),
        ("string", "12", "12"),
        ("string", '"', '"'),
    ],
)
def test_it_gives_a_param_its_type_back(kind: str, sent: Any, seen: str, tmp_path: Path) -> None:
    assert shows_param(tmp_path, kind).run({"p": sent}).out == seen


def test_it_refuses_an_integer_that_a_double_bends(tmp_path: Path) -> None:
    left = shows_param(tmp_path, "int").run({"p": 2**53 + 2})
    assert (left.code, left.end) == (66, ("failed", "value-too-large"))


@pytest.mark.parametrize(
    ("kind", "sent", "seen"),
    [("int", "9223372036854775807", "9223372036854775807"), ("float", 3, "3.0"), ("bool", True, "true")],
)
def test_it_reads_outputs_as_texts_and_as_numbers(kind: str, sent: Any, seen: str, tmp_path: Path) -> None:
    assert shows_output(tmp_path, kind).run({"v": sent}).out == seen


def test_it_skips_for_an_output_that_is_absent(tmp_path: Path) -> None:
    left = shows_output(tmp_path, "string").run({"v": "null"})
    assert (left.code, left.end) == (0, ("skipped", "upstream-skipped"))
    assert left.files == {"pipeglot-state": '"skipped"'}


def test_it_sorts_what_a_loop_left(tmp_path: Path) -> None:
    stage = shows_output(tmp_path, "int", fan=True)
    stage.step["inputs"]["x"]["type"] = "list[int]"
    stage.step["reads"] += [read("steps.a.state", "string"), read("steps.a.items", "string")]
    given = {"v": ["[2,30]", "null", "[0,10]"], "state": '"succeeded"'}
    assert stage.run({**given, "items": ['[2,"succeeded"]', '[1,"skipped"]', '[0,"succeeded"]']}).out == "[10,30]"


def test_it_numbers_inputs_whose_names_are_taken(tmp_path: Path) -> None:
    stage = shows_output(tmp_path, "string")
    stage.step["reads"].insert(0, read("steps.b.outputs.v", "string"))
    assert stage.run({"v": '"of b"', "v-2": '"of a"'}).out == "of a"


@pytest.mark.parametrize(
    ("state", "seen"), [("COMPLETE", "succeeded"), ("SUCCEEDED", "succeeded"), ("CANCELED", "cancelled"),
                        ("FAILED", "failed"), ("RUNNING", "failed")],
)  # fmt: skip
def test_it_knows_how_the_run_ended(state: str, seen: str, tmp_path: Path) -> None:
    step = {
        "body": argv("python3", "-c", SHOW),
        "inputs": {"x": {"type": "string", "value": ["ref", "run", "status"]}},
        "reads": [read("run.status", "string")],
        "on_exit": True,
    }
    assert Stage(tmp_path, {}, step).run({"status": {"state": state}}).out == seen


def test_it_runs_in_the_run_and_the_try_that_it_is_told(tmp_path: Path) -> None:
    left = Stage(tmp_path).run({"pipeglot-run-id": f'"{RUN}"'}, KFP_RETRY_INDEX="2")
    assert (left.events[0]["run"], left.events[0]["number"]) == (RUN, 3)


def test_it_derives_the_run_from_the_one_of_the_engine(tmp_path: Path) -> None:
    one, other = (tmp_path / name for name in "ab")
    found = set()
    for folder in (one, other):
        folder.mkdir()
        found.add(Stage(folder).run({"pipeglot-run-id": "", "pipeglot-native-run": "native"}).events[0]["run"])
    assert len(found) == 1


def writes(folder: Path, script: str, **outputs: dict[str, Any]) -> Stage:
    return Stage(folder, {}, {"body": {"script": script, "shell": "sh", "vars": {}}, "outputs": outputs})


def test_it_leaves_values_and_says_that_numbers_are_metrics(tmp_path: Path) -> None:
    script = 'echo 3 > "$PIPEGLOT_OUTPUT_N"; echo 0.5 > "$PIPEGLOT_OUTPUT_F"; echo "{{x}}" > "$PIPEGLOT_OUTPUT_T"'
    left = writes(tmp_path, script, n={"type": "int"}, f={"type": "float"}, t={"type": "string"}).run()
    wire = '"\\u007b\\u007bx\\u007d\\u007d"'
    assert left.files == {"n": "3", "f": "0.5", "t": wire, "pipeglot-state": '"succeeded"'}
    assert left.told["pipeglot-metrics"] == {"n": 3, "f": 0.5}


def test_it_leaves_an_artifact_under_the_name_of_its_output(tmp_path: Path) -> None:
    left = writes(tmp_path, 'echo x > "$PIPEGLOT_OUTPUT_A"', a={"artifact": "file", "file": "a.csv"}).run()
    assert (tmp_path / "minio/bucket/work/a").read_text() == "x\n"
    assert left.told["a"]["digest"].startswith("sha256:")
    assert (left.told["a"]["absent"], left.told["a"]["folder"]) == (False, False)


def test_it_says_which_artifact_is_absent(tmp_path: Path) -> None:
    left = writes(tmp_path, "true", a={"artifact": "file", "file": "a", "optional": True}).run()
    assert (left.code, left.told["a"]) == (0, {"absent": True})


def test_it_says_that_its_record_is_there(tmp_path: Path) -> None:
    assert writes(tmp_path, "true").run().told["pipeglot-record"] == {"absent": False}


AT, BEFORE = "2026-01-01T06:00:00Z", "2026-01-01T05:59:58Z"


@pytest.mark.parametrize(
    ("run", "created", "told"),
    [
        ("schedule", AT, AT),
        ('"schedule"', BEFORE, AT),
        ("", BEFORE, AT),
        ("", AT, "none"),
        ("0192f0c1-7b1e-7c3a-9d55-0d1b5a3c9e10", BEFORE, "none"),
    ],
)
def test_it_knows_a_time_of_a_schedule_from_that_of_a_start_by_hand(
    tmp_path: Path, run: str, created: str, told: str
) -> None:
    time = ["call", "default", ["ref", "run", "scheduled_time"], ["lit", "none"]]
    step = {"inputs": {}, "outputs": {}, "body": {"argv": [["lit", "printf"], ["lit", "%s"], time]}}
    parameters = {"pipeglot-run-id": run, "pipeglot-scheduled": AT, "pipeglot-run-started": created}
    assert Stage(tmp_path, step=step).run({**parameters, "pipeglot-native-run": "n"}).out == told


def test_it_notes_what_object_stores_forget(tmp_path: Path) -> None:
    script = 'mkdir "$PIPEGLOT_OUTPUT_A"; echo x > "$PIPEGLOT_OUTPUT_A/x"; chmod 755 "$PIPEGLOT_OUTPUT_A/x"'
    left = writes(tmp_path, script, a={"artifact": "directory", "file": "a"}).run()
    assert (left.told["a"]["folder"], json.loads(left.told["a"]["executable"])) == (True, ["x"])


def shows_artifact(folder: Path, script: str, **more: Any) -> Stage:
    kind = "list[artifact]" if more.get("fan") else "artifact"
    step = {
        "body": {"script": script, "shell": "sh", "vars": {}},
        "inputs": {"x": {"type": kind, "value": ["ref", "steps", "a", "outputs", "m"]}},
        "reads": [read("steps.a.outputs.m", "artifact", file="m.csv", **more)],
    }
    return Stage(folder, {}, step)


def test_it_gives_an_artifact_its_ending_back(tmp_path: Path) -> None:
    (tmp_path / "m").write_text("x")
    stage = shows_artifact(tmp_path, 'basename "$PIPEGLOT_INPUT_X"; cat "$PIPEGLOT_INPUT_X"')
    assert stage.run(artifacts={"m": [{"uri": f"file://{tmp_path}/m", "metadata": {"absent": 0}}]}).out == "m.csv\nx"


def test_it_gives_bits_and_empty_folders_back(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "x").write_text("#!/bin/sh\necho ran\n")
    metadata = {"folder": 1, "executable": '["x"]'}
    stage = shows_artifact(tmp_path, '"$PIPEGLOT_INPUT_X/x"')
    assert stage.run(artifacts={"m": [{"uri": f"file://{folder}", "metadata": metadata}]}).out == "ran\n"
    empty = {"uri": f"file://{tmp_path}/empty", "metadata": {"folder": 1, "absent": 0}}
    assert shows_artifact(tmp_path, 'ls "$PIPEGLOT_INPUT_X" | wc -l').run(artifacts={"m": [empty]}).out.strip() == "0"


def test_it_collects_artifacts_in_item_order(tmp_path: Path) -> None:
    listed = []
    for index in (2, 0):
        (tmp_path / str(index)).write_text(f"piece {index};")
        listed.append({"uri": f"file://{tmp_path}/{index}", "metadata": {"pipeglot_index": float(index), "absent": 0}})
    listed.append({"uri": f"file://{tmp_path}/1", "metadata": {"pipeglot_index": 1, "absent": 1}})
    stage = shows_artifact(tmp_path, 'echo "$PIPEGLOT_INPUT_X"', fan=True)
    stage.step["reads"] += [read("steps.a.state", "string"), read("steps.a.items", "string")]
    states = {"state": '"succeeded"', "items": ['[2,"succeeded"]', '[0,"succeeded"]', '[1,"skipped"]']}
    texts = [Path(path).name for path in json.loads(stage.run(states, {"m": listed}).out)]
    assert texts == ["m.csv", "m.csv"]


def test_it_lists_items_and_never_none(tmp_path: Path) -> None:
    step = {"foreach": {"items": ["ref", "params", "p"], "item_type": "string"}, "reads": [read("params.p", "list")]}
    stage = Stage(tmp_path, {"p": "list"}, step, "items")
    assert stage.run({"p": ["a", "b"]}).files == {"Output": "[0,1]", "pipeglot-state": '"succeeded"'}
    assert stage.run({"p": []}).files == {"Output": "[-1]", "pipeglot-state": '"succeeded"'}


def test_it_does_nothing_for_an_item_that_stands_for_none(tmp_path: Path) -> None:
    stage = writes(tmp_path, "echo ran", n={"type": "int"}, a={"artifact": "file", "file": "a"})
    left = stage.run({"pipeglot-index": -1})
    assert (left.code, left.out, left.events) == (0, "", [])
    assert left.files == {"n": "null", "pipeglot-state": "null"}
    assert left.told["a"] == {"absent": True}


def test_it_marks_an_item_with_its_index(tmp_path: Path) -> None:
    stage = writes(tmp_path, 'echo 3 > "$PIPEGLOT_OUTPUT_N"', n={"type": "int"})
    stage.step |= {"foreach": {"items": ["lit", ["a", "b"]], "item_type": "string"}}
    assert stage.run({"pipeglot-index": 1.0}).files == {"n": "[1,3]", "pipeglot-state": '[1,"succeeded"]'}


def test_it_tells_the_record_of_a_failure_in_the_log(tmp_path: Path) -> None:
    left = writes(tmp_path, "echo said; exit 3", n={"type": "int"}).run()
    assert (left.code, left.files["pipeglot-state"]) == (3, '"failed"')
    told = record(left.out) or b""
    assert [json.loads(line)["event"] for line in told.splitlines()] == ["start", "end"]


def test_it_calls_functions_though_there_is_no_file_of_it(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/mine.py").write_text("def made():\n    return 4\n")
    step = {"body": {"call": "mine:made"}, "outputs": {"n": {"type": "int"}}}
    assert Stage(tmp_path, {}, step).run().files["n"] == "4"


def test_it_imports_nothing_of_the_images_folder(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/json.py").write_text("raise SystemExit(9)\n")
    assert Stage(tmp_path).run().code == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"inputs": {}, "outputs": {}}', "null"])
def test_it_says_what_it_cannot_read(text: str, tmp_path: Path) -> None:
    import subprocess
    import sys

    from tests.sidecar.executor_stage import SIDECAR

    command = [sys.executable, str(SIDECAR), "execute", text]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert (ended.returncode, ended.stderr.startswith("pipeglot: the executor input cannot be read")) == (68, True)


@pytest.mark.parametrize(
    "form", [lambda text: text, lambda text: text.split("\n"), packed_text], ids=["text", "lines", "packed"]
)
def test_it_reads_its_table_in_each_form(form: Any) -> None:
    table = readable({"format": 1, "pipeline": "p", "params": {}, "steps": {"a": {"body": {"script": ["x\n", "y"]}}}})
    told = {STEP: "run a", STEP_TABLE: form(table), DEFINITION: "sha256:1"}
    executor = ExecutorInput(json.dumps({"inputs": {"parameterValues": told}}))
    assert load("nowhere", "a", executor.own_table, executor.definition).definition == "sha256:1"


def test_a_table_that_a_task_brought_is_in_the_program(tmp_path: Path) -> None:
    table = readable(
        {"format": 1, "pipeline": 'it\'s "p"\\', "params": {}, "definition": "sha256:1", "steps": {"a": {}}}
    )
    made = {"artifacts": {}, "outputFile": str(tmp_path / "told.json")}
    command = ["-I", "-c", WRITE, PROGRAM, str(tmp_path / "brought.py"), json.dumps({"outputs": made}), *blocks(table)]
    subprocess.run([sys.executable, *command], check=True)
    text = (tmp_path / "brought.py").read_text("utf-8")
    assert text.count("BROUGHT=") == 1
    line = next(line for line in text.splitlines() if line.startswith("BROUGHT="))
    assert json.loads(ast.literal_eval(line.partition("=")[2])) == json.loads(table)


def test_it_reads_a_table_that_was_compressed(tmp_path: Path) -> None:
    table = json.dumps({"format": 1, "pipeline": "p", "params": {}, "definition": "d", "steps": {"a": {"body": {}}}})
    (tmp_path / "steps.json").write_bytes(zlib.compress(table.encode()))
    assert load(str(tmp_path / "steps.json"), "a").pipeline == "p"


def test_it_makes_variables_of_the_files_that_stand_for_env_from(tmp_path: Path) -> None:
    for folder, files in {"one": {"A": "1", "B": "one", "9X": "no"}, "two": {"B": "two", "OWN": "two"}}.items():
        (tmp_path / folder / "..data").mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text)
    (tmp_path / "two" / "NUL").write_bytes(b"a\0b")
    given = json.dumps(
        [[str(tmp_path / "one"), ""], [str(tmp_path / "two"), ""], [str(tmp_path / "one"), "P_"], ["/no", ""]]
    )
    script = 'echo "$A-$B-$OWN-$P_A-$P_9X-${NUL-none}-$IMAGE-${PIPEGLOT_ENV_FROM-none}"'
    step = {
        "body": {"argv": [["text", "sh"], ["text", "-c"], ["text", script]]},
        "env": {"OWN": {"secret": "s", "key": "k"}},
    }
    left = Stage(tmp_path, step=step).run(PIPEGLOT_ENV_FROM=given, A="image", OWN="own", IMAGE="image")
    assert left.out.splitlines()[0] == "1-two-own-1-no-none-image-none", left.err


def test_it_enters_a_folder_whose_name_an_engine_would_take_for_a_tag(tmp_path: Path) -> None:
    (tmp_path / "a {{b}} $(C)").mkdir()
    folder = code_folder(str(tmp_path / "a {{b}} $(C)"))
    assert not any(tag in str(folder) for tag in TAGS)
    step = {"body": {"argv": [["text", "pwd"]]}}
    left = Stage(tmp_path, step=step).run(PIPEGLOT_CODE_JSON=str(folder["PIPEGLOT_CODE_JSON"]))
    assert left.out.splitlines()[0] == str(tmp_path / "a {{b}} $(C)"), left.err
    assert code_folder("/app") == {"PIPEGLOT_CODE": "/app"}
