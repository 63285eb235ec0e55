"""What a step is given, and what is left of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.local.runs import compile_text, run, wired

from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.local.run import RunIdRefused, RunOptions, run_pipeline

LEAVES = """
steps:
  leave: {run: "touch left.txt; cat code.txt"}
  look: {needs: [leave], run: "ls"}
"""


def test_it_starts_commands_where_the_code_is(tmp_path: Path) -> None:
    (tmp_path / "code.txt").write_text("here\n")
    ran = run(tmp_path, LEAVES)
    assert ran.log("leave.1") == "here\n"
    assert "left.txt" in ran.log("look.1")


def test_it_gives_each_step_a_fresh_copy_of_the_code_when_isolated(tmp_path: Path) -> None:
    (tmp_path / "code.txt").write_text("here\n")
    (tmp_path / ".git").mkdir()
    ran = run(tmp_path, LEAVES, isolated=True)
    assert ran.log("leave.1") == "here\n"
    assert ran.log("look.1").split() == ["code.txt", "pipeline.yaml"]
    assert not (tmp_path / "left.txt").exists()
    assert not (ran.result.folder / "code").exists()


def test_it_removes_scratch_even_where_a_step_made_it_unwritable(tmp_path: Path) -> None:
    text = 'steps:\n  a: {run: "mkdir -p $TMPDIR/d/e locked/x; touch $TMPDIR/d/e/f; chmod -R a-w $TMPDIR/d locked"}\n'
    ran = run(tmp_path, text, isolated=True)
    assert ran.result.state == "succeeded"
    assert sorted(path.name for path in ran.result.folder.iterdir()) == ["artifacts", "logs", "plan", "record"]


def test_it_keeps_scratch_and_copies_when_asked_but_no_handed_on_values(tmp_path: Path) -> None:
    ran = run(tmp_path, 'steps:\n  a: {run: "touch $TMPDIR/x"}\n', isolated=True, keep=True)
    assert [path.name for path in ran.result.folder.glob("work/*/tmp/*")] == ["x"]
    assert (ran.result.folder / "code" / "a.1" / "pipeline.yaml").exists()
    assert not (ran.result.folder / "handover").exists()


def test_it_writes_sensitive_params_nowhere_that_stays(tmp_path: Path) -> None:
    text = """
params:
  token: {type: string, sensitive: true}
  names: {type: list, items: string, default: [a]}
steps:
  use: {env: {TOKEN: "${{ params.token }}"}, run: "test ${#TOKEN} = 14"}
  fan: {foreach: {items: "${{ params.names }}"}, inputs: {t: "${{ params.token }}"}, run: "true"}
"""
    ran = run(tmp_path, text, {"token": "hunter2hunter2"}, keep=True)
    assert ran.result.state == "succeeded"
    kept = [path for path in ran.result.folder.rglob("*") if path.is_file()]
    assert len(kept) > 5
    assert not [path for path in kept if b"hunter2" in path.read_bytes()]


def test_it_keeps_what_is_handed_on_from_the_eyes_of_others(tmp_path: Path) -> None:
    ran = run(tmp_path, 'steps:\n  a: {run: "stat -c %a $TMPDIR/../../../handover"}\n')
    assert ran.log("a.1") == "700\n"


def test_it_hides_what_an_outer_run_told_its_own_step(tmp_path: Path) -> None:
    text = 'steps:\n  a: {run: "echo ${PIPEGLOT_INDEX-none} ${PIPEGLOT_SECRET_A_B-none} $HOME"}\n'
    environ = {"PIPEGLOT_INDEX": "3", "PIPEGLOT_SECRET_A_B": "s", "HOME": "/nowhere"}
    assert run(tmp_path, text, environ=environ).log("a.1") == "none none /nowhere\n"


def test_it_runs_python_bodies_with_the_interpreter_of_the_profile(tmp_path: Path) -> None:
    wrapper = tmp_path / "mypython"
    wrapper.write_text('#!/bin/sh\necho wrapped\nexec python3 "$@"\n')
    wrapper.chmod(0o755)
    (tmp_path / "mod.py").write_text("def f(n):\n    return n + 1\n")
    text = f"""
steps:
  a: {{python: "mod:f", inputs: {{n: 41}}, outputs: {{m: {{type: int}}}}}}
profiles:
  dev: {{target: local, local: {{python: {wrapper}}}}}
"""
    compile_text(tmp_path, text)
    pipeline = load(tmp_path / "pipeline.yaml", "dev")
    result = run_pipeline(compiled(pipeline, "local").files, wired(pipeline, {}), RunOptions(tmp_path))
    assert result.state == "succeeded"
    assert (result.folder / "logs" / "a.1.log").read_text() == "wrapped\n"


def test_it_emits_the_same_plan_every_time_and_no_values(tmp_path: Path) -> None:
    text = """
params: {p: {type: string, default: secretly}}
steps:
  each:
    foreach: {items: [a, b], max_parallel: 2, fail_fast: true}
    retry: {limit: 3, delay: 2s, backoff: 2, max_delay: 1m, on: [error]}
    timeout: 1m
    run: echo "${{ params.p }}"
  all: {needs: [each], run_if: always, run: "true"}
"""
    plans = {next(f.text for f in compile_text(tmp_path, text)[1] if f.path == "plan.json") for _ in range(3)}
    assert len(plans) == 1
    plan = json.loads(plans.pop())
    assert "secretly" not in json.dumps(plan)
    assert plan["steps"] == [
        {
            "id": "each",
            "fan_out": {"count": 2, "max_parallel": 2, "fail_fast": True},
            "retry": {"limit": 3, "delay": 2.0, "backoff": 2.0, "max_delay": 60.0, "on": ["error"]},
            "backstop": 960.0,
            "reads": [{"slot": "params.p", "kind": "param", "name": "p"}],
        },
        plan["steps"][1],
    ]
    assert plan["steps"][1]["needs"] == ["each"]
    assert plan["steps"][1]["run_if"] == "always"


def test_it_copies_code_that_holds_what_cannot_be_copied(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    assert run(tmp_path, "steps:\n  a: {run: ls}\n", isolated=True).log("a.1").split() == ["dangling", "pipeline.yaml"]


def test_it_takes_the_id_it_is_given_once_and_no_other_text(tmp_path: Path) -> None:
    given = "01890A5D-AC96-774B-BCCE-B302099A8057"
    assert run(tmp_path, "steps:\n  a: {run: 'true'}\n", run_id=given).result.run_id == given.lower()
    for refused in (given, "../x"):
        with pytest.raises(RunIdRefused):
            run(tmp_path, "steps:\n  a: {run: 'true'}\n", run_id=refused)
