"""How a command is started, and what it is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeglot_expression.values import to_wire
from tests.sidecar.stage import RUN, Stage, argv, lit, python, ref, sh, text

HOSTILE = [
    "",
    " ",
    "null",
    "1.10",
    "two  words\ttab",
    "line\nend\n",
    "q\"uo'te `id` $(id) ${HOME} \\n %d %s",
    "{{workflow.uid}} {{=2*3}} {% x %} {# c #} $$(X) ${{ y }}",
    "é😀\u2028\u0085\x7f\x01",
    "-rf --flag=* ? [a] ~ ; & | > <",
]
PARAM = {"params": {"p": {"type": "string"}}, "reads": [{"slot": "params.p", "type": "string"}]}
SHOW = "import json, os, sys; open(sys.argv[1], 'w').write(json.dumps([sys.argv[2:], dict(os.environ), os.getcwd()]))"


def shown(stage: Stage) -> tuple[list[str], dict[str, str], str]:
    found = json.loads((stage.folder / "seen").read_text("utf-8"))
    return found[0], found[1], found[2]


@pytest.mark.parametrize("value", HOSTILE)
def test_it_hands_over_text_byte_for_byte(any_stage: Stage, value: str) -> None:
    seen = str(any_stage.folder / "seen")
    any_stage.step(
        python(SHOW, lit(seen), ref("params.p"), text("<", ref("params.p"), ">"), ref("inputs.i")),
        inputs={"i": {"type": "string", "value": ref("params.p")}},
        env={"E": ref("params.p")},
        **PARAM,
    )
    outcome = any_stage.run(reads={"params.p": to_wire(value)})
    assert (outcome.code, outcome.err) == (0, "")
    arguments, variables, _ = shown(any_stage)
    assert arguments == [value, f"<{value}>", value]
    assert (variables["E"], variables["PIPEGLOT_INPUT_I"]) == (value, value)
    assert outcome.one("start")["inputs"] == {"i": {"value": value}}


def test_it_takes_slots_from_single_variables(stage: Stage) -> None:
    outcome = stage.step(argv("printf", "%s", ref("params.p")), **PARAM).run(variables={"PIPEGLOT.params.p": '"v"'})
    assert outcome.out == "v"


@pytest.mark.parametrize("value", ["x {{y}}", "1.10", ""])
def test_it_takes_what_people_typed_as_base64(stage: Stage, value: str) -> None:
    import base64

    encoded = "base64:" + base64.b64encode(value.encode()).decode()
    outcome = stage.step(argv("printf", "%s", ref("params.p")), **PARAM).run(reads={"params.p": encoded})
    assert (outcome.code, outcome.out) == (0, value)


@pytest.mark.parametrize(
    ("type", "typed", "canonical"), [("int", "3", "3"), ("float", "1", "1.0"), ("list", '["a", 1]', '["a",1]')]
)
def test_it_reads_what_people_typed_against_the_type(stage: Stage, type: str, typed: str, canonical: str) -> None:
    reads = [{"slot": "params.p", "type": type}]
    stage.step(argv("printf", "%s", ref("params.p")), params={"p": {"type": type}}, reads=reads)
    outcome = stage.run(reads={"params.p": typed}, PIPEGLOT_PARAM_TEXT="1")
    assert (outcome.code, outcome.out) == (0, canonical)


def test_it_spreads_a_list_over_arguments(stage: Stage) -> None:
    stage.step(argv("printf", "<%s>", ["args", lit(["a b", "", "c"])]))
    assert stage.run().out == "<a b><><c>"


def test_it_gives_a_step_its_folders_and_nothing_of_the_engine(any_stage: Stage) -> None:
    seen = str(any_stage.folder / "seen")
    outputs = {"m": {"artifact": "model", "file": "m.bin", "optional": True}, "n": {"type": "int", "optional": True}}
    any_stage.step(python(SHOW, lit(seen)), outputs=outputs)
    carried = {"PIPEGLOT.params.q": "1", "PIPEGLOT_SECRET_A_B": "hidden"}
    any_stage.run(variables=carried, PIPEGLOT_INDEX="3", SOMETHING="kept")
    _, variables, folder = shown(any_stage)
    ours = {name for name in variables if name.startswith("PIPEGLOT")}
    assert ours == {
        *("PIPEGLOT_RUN_ID", "PIPEGLOT_STEP", "PIPEGLOT_ATTEMPT", "PIPEGLOT_INDEX", "PIPEGLOT_EVENTS"),
        *("PIPEGLOT_METRICS", "PIPEGLOT_OUTPUT_M", "PIPEGLOT_OUTPUT_N"),
    }
    assert (variables["PIPEGLOT_RUN_ID"], variables["PIPEGLOT_STEP"], variables["SOMETHING"]) == (RUN, "s", "kept")
    assert folder == str(any_stage.folder / "code") == variables["PYTHONPATH"]
    assert Path(variables["TMPDIR"]).parent.parent == any_stage.folder / "work"
    assert Path(variables["PIPEGLOT_OUTPUT_M"]).name == "m.bin"


def test_it_leaves_no_scratch_folder_behind(stage: Stage) -> None:
    stage.step(sh('mkdir -p "$TMPDIR/a/b"; echo x > "$TMPDIR/a/b/c"; chmod 500 "$TMPDIR/a/b" "$TMPDIR/a"'))
    assert stage.run().code == 0
    assert list((stage.folder / "work").iterdir()) == []


def test_it_keeps_the_scratch_folder_when_told_to(stage: Stage) -> None:
    assert stage.step(sh('echo x > "$TMPDIR/y"')).run(PIPEGLOT_KEEP="1").code == 0
    assert len(list((stage.folder / "work").rglob("y"))) == 1


READ = {"slot": "params.t", "type": "string"}


@pytest.mark.parametrize(
    ("entries", "kept"),
    [
        ({"params": {"t": {"type": "string", "sensitive": True}}, "reads": [READ]}, 0),
        ({"params": {"t": {"type": "string"}}, "reads": [READ]}, 1),
        ({"outputs": {"o": {"type": "string", "sensitive": True, "optional": True}}}, 0),
        ({"needs": ["ref"], "steps": {"ref": {}}}, 1),
    ],
    ids=["a sensitive param", "a param", "a sensitive output", "a need that is called as a reference is"],
)
def test_it_keeps_no_scratch_folder_of_what_nobody_may_see(entries: dict[str, Any], kept: int, stage: Stage) -> None:
    reads = {"params.t": "told", "steps.ref.state": "succeeded"}
    assert stage.step(sh('echo x > "$TMPDIR/y"'), **entries).run(reads=reads, PIPEGLOT_KEEP="1").code == 0
    assert len(list((stage.folder / "work").rglob("y"))) == kept


def test_it_gives_no_standard_input(stage: Stage) -> None:
    assert stage.step(argv("cat")).run().code == 0


def test_it_restores_the_signals_that_python_ignores(any_stage: Stage) -> None:
    outcome = any_stage.step({"script": "set +o pipefail; yes | head -1", "shell": "bash", "vars": {}}).run()
    assert (outcome.code, outcome.out, outcome.err) == (0, "y\n", "")


@pytest.mark.parametrize(
    ("shell", "script"),
    [
        ("sh", 'echo "$V"'),
        ("bash", 'a=("$V"); echo "${a[0]}"'),
        ("python", "import os; print(os.environ['V'])"),
    ],
)
def test_it_runs_scripts_of_each_shell(stage: Stage, shell: str, script: str) -> None:
    for shell, script in {
        "sh": 'echo "$V"',
        "bash": 'a=("$V"); echo "${a[0]}"',
        "python": "import os; print(os.environ['V'])",
    }.items():
        outcome = stage.step({"script": script, "shell": shell, "vars": {"V": lit("a 'b'")}}).run()
        assert (outcome.code, outcome.out) == (0, "a 'b'\n")


@pytest.mark.parametrize(("shell", "script"), [("sh", "false; true"), ("sh", ": $NOPE"), ("bash", "false | true")])
def test_it_ends_scripts_at_the_first_fault(stage: Stage, shell: str, script: str) -> None:
    outcome = stage.step({"script": script, "shell": shell, "vars": {}}).run()
    assert outcome.code != 0
    assert outcome.end == ("failed", "exit-code")


def test_it_takes_secrets_from_the_worker(stage: Stage) -> None:
    stage.step(sh('printf %s "$TOKEN"'), env={"TOKEN": {"secret": "my-db", "key": "pass.word"}})
    assert stage.run(PIPEGLOT_SECRET_MY_DB_PASS_WORD="s3cret").out == "s3cret"
    assert stage.run(TOKEN="from the pod").out == "from the pod"
    missing = stage.run()
    assert missing.code == 68
    assert "PIPEGLOT_SECRET_MY_DB_PASS_WORD is not set" in missing.err


def test_it_finds_commands_on_the_path_of_the_step(stage: Stage) -> None:
    tool = stage.folder / "tool"
    tool.write_text("#!/bin/sh\necho mine\n")
    tool.chmod(0o755)
    assert stage.step(argv("tool"), env={"PATH": text(str(stage.folder), ":/usr/bin:/bin")}).run().out == "mine\n"


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("no-such-command", 127, "command `no-such-command` was not found on PATH"),
        ("./plain", 126, "command `./plain` may not be executed"),
        ("./nothing", 127, "command `./nothing` was not found"),
        ("./odd", 126, "command `./odd` cannot be executed: it has no `#!` line"),
        ("./stray", 127, "command `./stray` was not found, or the interpreter that its first line names was not"),
    ],
)
def test_it_says_why_a_command_cannot_start(any_stage: Stage, command: str, code: int, message: str) -> None:
    any_stage.step(argv(command))
    code_folder = any_stage.folder / "code"
    code_folder.mkdir()
    for name, content, mode in (("plain", "x", 0o644), ("odd", "\1", 0o755), ("stray", "#!/no/such\n", 0o755)):
        (code_folder / name).write_text(content)
        (code_folder / name).chmod(mode)
    outcome = any_stage.run()
    assert (outcome.code, outcome.end) == (code, ("failed", "exit-code"))
    assert f"pipeglot: step `s`: {message}" in outcome.err
    assert outcome.one("end")["exit_code"] == code


def test_it_says_that_arguments_are_too_long(stage: Stage) -> None:
    outcome = stage.step(argv("true", "x" * 200_000)).run()
    assert (outcome.code, outcome.end) == (126, ("failed", "exit-code"))
    assert "too long for this machine" in outcome.err
    assert outcome.one("start")["argv"] == ["true", "…"]
