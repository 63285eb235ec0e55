"""What the sidecar does for engines that start nothing after a failure: it hands that on, and tries again itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sidecar.executor_stage import Left, Stage

EXIT = {"outputs": {"n": {"type": "int"}}, "body": {"argv": [["text", "sh"], ["text", "-c"], ["text", "exit 3"]]}}
NEED = {
    "needs": ["a"],
    "heeds": ["a"],
    "reads": [{"slot": "steps.a.state", "type": "string", "step": "a"}],
}
COUNT = 'test "$PIPEGLOT_ATTEMPT" = 3 || exit 5; test -z "$(ls "$TMPDIR")" && echo 3 > "$PIPEGLOT_OUTPUT_N"'


def kinds(left: Left) -> list[tuple[str, Any]]:
    return [(each["event"], each.get("number") or each.get("reason")) for each in left.events]


def retry(**more: Any) -> dict[str, Any]:
    return {"limit": 2, "delay": 0.01, "backoff": 1.5, "on": ["error", "timeout", "lost"], **more}


@pytest.mark.parametrize(("soft", "code"), [(True, 0), (False, 3)])
def test_it_hands_a_failure_on(soft: bool, code: int, tmp_path: Path) -> None:
    left = Stage(tmp_path, step={**EXIT, "soft": soft}).run()
    assert (left.code, left.files["pipeglot-state"], left.files["n"]) == (code, '"failed"', "null")
    assert left.end == ("failed", "exit-code")


@pytest.mark.parametrize("state", ['"failed"', "null"])
def test_it_does_not_run_what_stands_behind_a_failure(state: str, tmp_path: Path) -> None:
    """`null` is what a step says that itself was not run for that reason."""
    left = Stage(tmp_path, step={**EXIT, **NEED}).run({"state": state})
    assert (left.code, left.files["pipeglot-state"], left.files["n"]) == (0, "null", "null")
    assert (kinds(left), left.end) == ([("decided", "upstream-failed")], ("cancelled", "upstream-failed"))


@pytest.mark.parametrize("state", ['"succeeded"', '"skipped"'])
def test_it_runs_what_stands_behind_a_success(state: str, tmp_path: Path) -> None:
    assert Stage(tmp_path, step={**EXIT, **NEED}).run({"state": state}).end == ("failed", "exit-code")


def test_it_runs_what_asks_for_a_failure(tmp_path: Path) -> None:
    step = {**EXIT, **NEED, "run_if": "failure"}
    assert Stage(tmp_path, step=step).run({"state": "null"}).end == ("failed", "exit-code")


def test_it_tries_again_by_itself(tmp_path: Path) -> None:
    """Each try is an attempt with its number, in a folder of its own."""
    step = {"outputs": {"n": {"type": "int"}}, "body": {"script": [COUNT], "shell": "sh"}, "retry": retry()}
    left = Stage(tmp_path, step=step).run(KFP_RETRY_INDEX="0")
    assert (left.code, left.files["n"]) == (0, "3")
    starts = [each for each in left.events if each["event"] == "start"]
    assert [each["number"] for each in starts] == [1, 2, 3]
    assert len({each["attempt"] for each in starts}) == 3
    assert [each.get("reason") for each in left.events if each["event"] == "end"] == ["exit-code", "exit-code", None]
    assert len({(each["writer"], each["seq"]) for each in left.events}) == len(left.events)


@pytest.mark.parametrize(
    ("more", "index", "tries"),
    [
        ({"on": ["timeout"]}, "", [1]),
        ({"max_delay": 0.001, "delay": 100.0}, "0", [1, 2, 3]),
        ({"limit": 1}, "", [1, 2]),
        ({}, "1", [2, 3]),
    ],
)
def test_it_tries_again_as_it_was_asked(more: dict[str, Any], index: str, tries: list[int], tmp_path: Path) -> None:
    left = Stage(tmp_path, step={**EXIT, "retry": retry(**more)}).run(KFP_RETRY_INDEX=index)
    assert left.code == 3
    assert [each["number"] for each in left.events if each["event"] == "start"] == tries


@pytest.mark.parametrize(("index", "code"), [("0", 69), ("2", 0)])
def test_what_is_lost_is_left_to_the_engine_while_that_has_tries(index: str, code: int, tmp_path: Path) -> None:
    lost = {"body": {"script": ['kill -TERM "$PPID"; sleep 60'], "shell": "sh"}, "retry": retry(), "soft": True}
    assert Stage(tmp_path, step=lost).run(KFP_RETRY_INDEX=index).code == code


@pytest.mark.parametrize(("state", "code", "events"), [("COMPLETE", 0, 0), ("FAILED", 1, 3)])
def test_a_backstop_runs_where_the_graph_failed_and_ends_badly(
    state: str, code: int, events: int, tmp_path: Path
) -> None:
    """A hook that succeeds would stand for the graph that failed."""
    step = {
        "on_exit": True,
        "soft": True,
        "outputs": {"n": {"type": "string"}},
        "body": {"script": ['echo "$0" > "$PIPEGLOT_OUTPUT_N"'], "shell": "sh"},
        "reads": [{"slot": "run.status", "type": "string"}],
    }
    left = Stage(tmp_path, step=step).run({"pipeglot-status": {"state": state}, "status": {"state": state}})
    assert (left.code, len(left.events)) == (code, events)
