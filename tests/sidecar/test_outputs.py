"""What a command leaves: values against their types, artifacts by their content."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sidecar.stage import RUN, Outcome, Stage, lit, python, ref, sh

WRITE = "import os, sys; open(os.environ['PIPEGLOT_OUTPUT_V'], 'wb').write(bytes.fromhex(sys.argv[1]))"


def value(stage: Stage, type: str, written: str, **declared: Any) -> Outcome:
    return stage.step(
        python(WRITE, lit(written.encode("latin-1").hex())), outputs={"v": {"type": type, **declared}}
    ).run()


def artifact(stage: Stage, script: str, kind: str = "file", **declared: Any) -> Outcome:
    stage.step(sh(script), outputs={"m": {"artifact": kind, "file": "m.bin", **declared}})
    return stage.run()


def bad(outcome: Outcome, reason: str, code: int, *messages: str) -> None:
    assert (outcome.code, outcome.end, outcome.state) == (code, ("failed", reason), "failed")
    assert all(message in outcome.err for message in messages)
    assert outcome.one("end")["exit_code"] == 0


@pytest.mark.parametrize(
    ("type", "written", "wire"),
    [
        ("string", "a {b}\n\n", r'"a \u007bb\u007d\n"'),
        ("string", "", '""'),
        ("string", "caf\u00c3\u00a9\n", r'"caf\u00e9"'),
        ("int", " 3\n", "3"),
        ("float", "1", "1.0"),
        ("bool", "true", "true"),
        ("list", '[1, "a", null]', '[1,"a",null]'),
        ("list[float]", "[1, 2.5]", "[1.0,2.5]"),
        ("dict", '{"a": {"b": []}}', r'\u007b"a":\u007b"b":[]\u007d\u007d'),
    ],
)
def test_it_reads_and_hands_on_values(any_stage: Stage, type: str, written: str, wire: str) -> None:
    outcome = value(any_stage, type, written)
    assert outcome.code == 0
    assert outcome.results["v"].replace("{", "\\u007b").replace("}", "\\u007d") == wire
    assert outcome.one("output")["name"] == "v"


@pytest.mark.parametrize(
    ("type", "written", "message"),
    [
        ("int", "1.5", "output `v`: `1.5` is not an int"),
        ("int", "", "output `v`: `` is not an int"),
        ("float", "NaN", "output `v`: `NaN` is not a float"),
        ("string", "\xff", "output `v`: `\\\\xff` is not a string: it is not UTF-8"),
        ("string", "a\0b", "output `v`: "),
        ("list[int]", '["a"]', "output `v`: "),
        ("int", "9223372036854775808", "output `v`: "),
    ],
)
def test_it_refuses_values_that_break_their_type(stage: Stage, type: str, written: str, message: str) -> None:
    bad(value(stage, type, written), "bad-output", 64, message.replace("\\\\", "\\"))


def test_it_refuses_values_that_are_too_large(stage: Stage) -> None:
    stage.step(sh('head -c 70000 /dev/zero | tr "\\0" a > "$PIPEGLOT_OUTPUT_V"'), outputs={"v": {"type": "string"}})
    bad(stage.run(), "value-too-large", 66, "output `v`: ")


def test_it_misses_outputs(stage: Stage) -> None:
    stage.step(sh("true"), outputs={"a": {"type": "int"}, "b": {"artifact": "file", "file": "b"}})
    outcome = stage.run()
    bad(outcome, "missing-output", 65, "output `a` was not written", "output `b` was not written")
    assert outcome.results["a"] == "null"


def test_it_names_the_first_fault_for_the_reason_and_tells_all(stage: Stage) -> None:
    script = 'echo x > "$PIPEGLOT_OUTPUT_A"; echo 3 > "$PIPEGLOT_OUTPUT_C"'
    outcome = stage.step(sh(script), outputs={name: {"type": "int"} for name in "abc"}).run()
    bad(outcome, "bad-output", 64, "output `a`: `x", "output `b` was not written")
    assert outcome.one("output")["value"] == 3
    assert outcome.results["c"] == "null"


@pytest.mark.parametrize(
    ("declared", "handed"), [({"optional": True}, "null"), ({"type": "float", "default": 2}, "2.0")]
)
def test_it_does_without_outputs_that_need_not_be(stage: Stage, declared: dict[str, Any], handed: str) -> None:
    outcome = stage.step(sh("true"), outputs={"v": {"type": "int", **declared}}).run()
    assert (outcome.code, outcome.results["v"], outcome.of("output")) == (0, handed, [])


def test_it_refuses_a_folder_in_the_place_of_a_value(stage: Stage) -> None:
    outcome = stage.step(sh('mkdir "$PIPEGLOT_OUTPUT_V"'), outputs={"v": {"type": "string", "optional": True}}).run()
    bad(outcome, "bad-output", 64, "is not a file")


def test_it_takes_numbers_for_metrics(stage: Stage) -> None:
    script = 'echo 0.5 > "$PIPEGLOT_OUTPUT_A"; echo true > "$PIPEGLOT_OUTPUT_B"; echo x > "$PIPEGLOT_OUTPUT_C"'
    outputs = {"a": {"type": "float"}, "b": {"type": "bool"}, "c": {"type": "string"}}
    outcome = stage.step(sh(script), outputs=outputs).run()
    assert [(event["name"], event["value"]) for event in outcome.of("metric")] == [("a", 0.5), ("b", True)]


def test_it_hashes_a_file_and_hands_on_its_path(any_stage: Stage) -> None:
    outcome = artifact(any_stage, 'printf data > "$PIPEGLOT_OUTPUT_M"', "model")
    path = outcome.artifacts / RUN / "s" / "1" / "m.bin"
    assert outcome.results["m"] == f'"{path}"'
    event = outcome.one("output")
    assert event["digest"] == {"sha256": hashlib.sha256(b"data").hexdigest()}
    assert (event["kind"], event["size"], event["files"], event["uri"]) == ("model", 4, 1, f"file://{path}")
    assert stat.S_IMODE(path.stat().st_mode) & 0o222 == 0


def test_it_hashes_a_folder_as_in_toto_does(stage: Stage) -> None:
    script = """
    mkdir -p "$PIPEGLOT_OUTPUT_M/a" "$PIPEGLOT_OUTPUT_M/empty/er"; cd "$PIPEGLOT_OUTPUT_M"
    echo 1 > a.x; echo 2 > a/b; echo 3 > "Z é😀 "; echo 4 > run; chmod +x run
    """
    outcome = artifact(stage, script, "directory")
    folder = outcome.artifacts / RUN / "s" / "1" / "m.bin"
    recipe = "find . -type f | cut -c3- | LC_ALL=C sort | xargs -r -d '\\n' sha256sum | sha256sum | cut -d' ' -f1"
    wanted = subprocess.run(["sh", "-c", recipe], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
    assert outcome.one("output")["digest"] == {"dirHash": wanted}
    assert outcome.one("output")["files"] == 4
    assert os.access(folder / "run", os.X_OK)


def test_it_takes_an_empty_folder_for_written(stage: Stage) -> None:
    outcome = artifact(stage, 'mkdir "$PIPEGLOT_OUTPUT_M"', "dataset")
    assert outcome.one("output")["digest"] == {"dirHash": hashlib.sha256(b"").hexdigest()}


@pytest.mark.parametrize(
    ("script", "kind", "message"),
    [
        ('ln -s /etc/passwd "$PIPEGLOT_OUTPUT_M"', "file", "it is a symbolic link"),
        ('mkdir "$PIPEGLOT_OUTPUT_M"; ln -s x "$PIPEGLOT_OUTPUT_M/l"', "directory", "`l` is a symbolic link"),
        ('mkfifo "$PIPEGLOT_OUTPUT_M"', "file", "it is neither a file nor a folder"),
        ('mkdir "$PIPEGLOT_OUTPUT_M"; : > "$PIPEGLOT_OUTPUT_M/a\nb"', "directory", "`a\\nb` holds a line end"),
        ('mkdir "$PIPEGLOT_OUTPUT_M"', "file", "it is a folder, and its kind is `file`"),
        ('echo x > "$PIPEGLOT_OUTPUT_M"', "directory", "it is a file, and its kind is `directory`"),
    ],
)
def test_it_refuses_artifacts_that_cannot_travel(stage: Stage, script: str, kind: str, message: str) -> None:
    bad(
        artifact(stage, script, kind),
        "bad-output",
        64,
        f"output `m`: {message}".replace("`m`: `a", "`m`: the name of `a"),
    )


def test_it_leaves_artifacts_where_the_engine_takes_them(stage: Stage) -> None:
    stage.step(sh('echo x > "$PIPEGLOT_OUTPUT_M"'), outputs={"m": {"artifact": "file", "file": "m.bin"}})
    outcome = stage.run(PIPEGLOT_OUT=str(stage.folder / "out"))
    path = stage.folder / "out" / "m" / "m.bin"
    assert path.stat().st_mode & 0o200
    assert outcome.results == {"pipeglot-state": '"succeeded"'}
    assert "uri" not in outcome.one("output")


def test_it_gives_a_repeated_try_a_folder_of_its_own(stage: Stage) -> None:
    first = artifact(stage, 'echo 1 > "$PIPEGLOT_OUTPUT_M"').results["m"]
    second = artifact(stage, 'echo 2 > "$PIPEGLOT_OUTPUT_M"').results["m"]
    assert first != second
    assert Path(first[1:-1]).read_text() == "1\n"


def test_it_records_what_a_failed_command_wrote_and_hands_on_none_of_it(stage: Stage) -> None:
    outcome = stage.step(
        sh('echo 3 > "$PIPEGLOT_OUTPUT_A"; echo x > "$PIPEGLOT_OUTPUT_B"; exit 3'),
        outputs={"a": {"type": "int"}, "b": {"type": "int"}, "c": {"type": "int", "default": 1}},
    ).run()
    assert (outcome.code, outcome.end) == (3, ("failed", "exit-code"))
    assert [(event["name"], event["value"]) for event in outcome.of("output")] == [("a", 3)]
    assert {outcome.results[name] for name in "abc"} == {"null"}


def test_it_shows_nothing_of_sensitive_values(stage: Stage) -> None:
    reads = [
        {"slot": "params.p", "type": "string"},
        {"slot": "steps.a.outputs.t", "step": "a", "output": "t", "type": "string"},
    ]
    stage.step(
        sh('echo "$V" > "$PIPEGLOT_OUTPUT_O"; echo "$V" > "$PIPEGLOT_OUTPUT_BAD"', V=ref("params.p")),
        inputs={
            "i": {"type": "string", "value": ref("params.p")},
            "j": {"type": "string", "value": ref("steps.a.outputs.t")},
        },
        outputs={"o": {"type": "string", "sensitive": True}, "bad": {"type": "int", "sensitive": True}},
        params={"p": {"type": "string", "sensitive": True}},
        steps={"a": {"outputs": {"t": {"type": "string", "sensitive": True}}}},
        reads=reads,
    )
    outcome = stage.run(reads={"params.p": '"hunter2"', "steps.a.outputs.t": '"hunter3"'})
    assert (outcome.code, outcome.results["o"]) == (64, "null")
    assert "hunter" not in outcome.err + str(outcome.events)
    assert outcome.one("start")["inputs"] == {"i": {"redacted": True}, "j": {"redacted": True}}
    assert outcome.one("output")["redacted"] is True


def test_it_hides_arguments_made_of_sensitive_values(stage: Stage) -> None:
    body = {"argv": [lit("true"), ["text", "--key=", ref("inputs.i")]]}
    inputs = {"i": {"type": "string", "value": ref("params.p")}}
    params = {"p": {"type": "string", "sensitive": True}}
    outcome = stage.step(body, inputs=inputs, params=params, reads=[{"slot": "params.p", "type": "string"}]).run(
        reads={"params.p": '"hunter2"'}
    )
    assert outcome.one("start")["argv"] == ["true", "[redacted]"]
