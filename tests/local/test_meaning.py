"""What a run means on this engine, beyond what the conformance cases hold every engine to."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.local.runs import alive, run, until

ROOT = Path(__file__).parents[2]


def test_it_runs_hello_as_its_hand_written_record_says(tmp_path: Path) -> None:
    hello = ROOT / "examples" / "hello"
    ran = run(tmp_path, (hello / "pipeline.yaml").read_text("utf-8"))
    assert ran.record == yaml.safe_load((hello / "expect.yaml").read_text("utf-8"))
    assert ran.result.exit_code == 0


def test_it_shouts_hello_when_told_to(tmp_path: Path) -> None:
    text = (ROOT / "examples" / "hello" / "pipeline.yaml").read_text("utf-8")
    ran = run(tmp_path, text, {"loud": True, "names": ["bob"]})
    assert ran.words()["shout"] == "succeeded"
    assert ran.log("send.1") == "HELLO BOB\n"
    assert ran.log("goodbye.1") == "the run has succeeded\n"


def test_it_starts_nothing_new_after_a_failure_where_the_run_fails_fast(tmp_path: Path) -> None:
    text = """
fail_fast: true
max_parallel: 1
steps:
  bad: {run: "false"}
  idle: {run: "true"}
  child: {needs: [bad], run: "true"}
  later: {needs: [idle], run: "true"}
on_exit:
  bye: {run: "echo ${{ run.status }}"}
"""
    ran = run(tmp_path, text)
    assert ran.words() == {
        "bad": "exit-code", "idle": "fail-fast", "child": "upstream-failed", "later": "fail-fast", "bye": "succeeded",
    }  # fmt: skip
    assert ran.log("bye.1") == "failed\n"


def test_it_cancels_the_items_that_wait_where_a_fan_out_fails_fast(tmp_path: Path) -> None:
    text = """
steps:
  each:
    foreach: {items: [0, 1, 2], max_parallel: 1, fail_fast: true}
    run: exit "${{ item }}"
"""
    items = run(tmp_path, text).steps["each"]["items"]
    assert [item.get("reason", item["state"]) for item in items] == ["succeeded", "exit-code", "fail-fast"]


def test_it_cancels_waiting_items_where_the_run_fails_fast(tmp_path: Path) -> None:
    text = """
fail_fast: true
steps:
  each: {foreach: {items: [1, 0], max_parallel: 1}, run: 'exit "${{ item }}"'}
"""
    ran = run(tmp_path, text)
    assert [item["reason"] for item in ran.steps["each"]["items"]] == ["exit-code", "fail-fast"]


def test_it_retries_only_for_the_causes_that_are_named(tmp_path: Path) -> None:
    text = """
steps:
  error: {run: exit 3, retry: {limit: 2, on: [timeout]}}
  slow: {run: sleep 30, timeout: 100ms, retry: {limit: 1, on: [timeout]}}
  never: {inputs: {x: "${{ params.list[7] }}"}, run: "true", retry: {limit: 2}}
params:
  list: {type: list, items: int, default: [1]}
"""
    ran = run(tmp_path, text)
    assert {name: len(step["attempts"]) for name, step in ran.steps.items()} == {"error": 1, "slow": 2, "never": 0}
    assert ran.words() == {"error": "exit-code", "slow": "timeout", "never": "expression-error"}


@pytest.mark.parametrize("number", ["TERM", "INT", "HUP", "QUIT"])
def test_it_retries_what_a_signal_that_nobody_announced_has_ended(tmp_path: Path, number: str) -> None:
    text = """
steps:
  other: {run: "exit 3", retry: {limit: 1, on: [lost]}}
  kept: {run: "kill -NUMBER $PPID; sleep 300", retry: {limit: 1, on: [error, timeout]}}
  gone:
    retry: {limit: 2, on: [lost]}
    run: |
      if [ "${{ run.attempt }}" -lt 3 ]; then kill -NUMBER $PPID; sleep 300; fi
"""
    ran = run(tmp_path, text.replace("NUMBER", number))
    assert ran.steps["gone"]["attempts"] == [{"reason": "lost"}, {"reason": "lost"}, {"exit_code": 0}]
    assert {name: len(ran.steps[name]["attempts"]) for name in ("other", "kept")} == {"other": 1, "kept": 1}
    assert ran.words() == {"other": "exit-code", "kept": "lost", "gone": "succeeded"}


def test_it_retries_what_was_lost_and_leaves_none_of_it_running(tmp_path: Path) -> None:
    text = """
steps:
  gone:
    retry: {limit: 1}
    run: |
      echo $$ >> pids
      if [ "${{ run.attempt }}" = 1 ]; then kill -KILL $PPID; sleep 300; fi
"""
    ran = run(tmp_path, text)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    until(lambda: not any(alive(pid) for pid in pids))
    assert ran.steps["gone"]["attempts"] == [{"reason": "lost"}, {"exit_code": 0}]
    assert ran.record["run"] == "succeeded"


def test_it_fails_a_step_that_is_lost_for_good(tmp_path: Path) -> None:
    ran = run(tmp_path, "steps:\n  gone: {run: 'kill -KILL $PPID; sleep 300'}\n  after: {needs: [gone], run: 'true'}\n")
    assert ran.words() == {"gone": "lost", "after": "upstream-failed"}
    assert ran.result.state == "failed"


def test_it_gives_up_a_retry_at_the_deadline(tmp_path: Path) -> None:
    text = """
deadline: 2s
steps:
  again: {run: exit 3, retry: {limit: 5, delay: 1h}}
on_exit:
  bye: {run: "echo ${{ run.status }} ${{ json(run.failed_steps) }}"}
"""
    ran = run(tmp_path, text)
    assert ran.words() == {"again": "deadline", "bye": "succeeded"}
    assert (ran.record["run"], ran.result.exit_code) == ("failed", 1)
    assert ran.log("bye.1") == "failed []\n"


def test_it_runs_on_exit_steps_side_by_side_and_fails_with_them(tmp_path: Path) -> None:
    ran = run(tmp_path, "steps:\n  a: {run: 'true'}\non_exit:\n  bad: {run: exit 9}\n  good: {run: 'true'}\n")
    assert ran.words() == {"a": "succeeded", "bad": "exit-code", "good": "succeeded"}
    assert ran.result.state == "failed"


def test_it_lets_on_exit_steps_retry_fan_out_and_read_with_defaults(tmp_path: Path) -> None:
    text = """
steps:
  make: {run: 'exit 1', outputs: {n: {type: int}}}
on_exit:
  tell:
    foreach: {items: [a, b]}
    retry: {limit: 1}
    run: |
      test "${{ run.attempt }}" = 2
      echo "${{ item }} ${{ default(steps.make.outputs.n, 7) }} ${{ json(run.failed_steps) }}"
"""
    ran = run(tmp_path, text)
    assert [ran.log("tell.0.2"), ran.log("tell.1.2")] == ['a 7 ["make"]\n', 'b 7 ["make"]\n']
