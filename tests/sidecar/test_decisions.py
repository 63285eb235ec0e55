"""What a step decides before its command: skips, failures of expressions, items."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sidecar.stage import Outcome, Stage, Tree, argv, lit, ref, sh

N = {"slot": "steps.a.outputs.n", "step": "a", "output": "n", "type": "int"}
STATE = {"slot": "steps.a.state", "type": "string", "step": "a"}
ENGINE = {"slot": "steps.a.engine", "type": "string", "step": "a"}
ITEMS = {"slot": "steps.a.items", "type": "string", "step": "a"}
ECHO = argv("printf", "%s", ["call", "json", ref("steps.a.outputs.n")])


def skipped(outcome: Outcome, reason: str, code: int = 0) -> None:
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.end == ("skipped", reason)
    assert outcome.state == "skipped"
    assert [event["event"] for event in outcome.events] == ["decided"]
    assert outcome.events[0]["attempt"] is None


def test_it_skips_when_the_condition_is_false(any_stage: Stage) -> None:
    outcome = any_stage.step(argv("echo"), when=lit(False), outputs={"n": {"type": "int", "default": 3}}).run()
    skipped(outcome, "condition-false")
    assert outcome.results == {"n": "null", "pipeglot-state": '"skipped"'}
    assert "pipeglot: step `s` is skipped: its `when` is false" in outcome.err


def test_it_skips_where_the_condition_of_a_group_around_it_is_false(any_stage: Stage) -> None:
    outcome = any_stage.step(argv("echo"), guard=lit(False), when=lit(True)).run()
    skipped(outcome, "upstream-skipped")
    assert "pipeglot: step `s` is skipped: the condition of a group around it does not hold" in outcome.err


def test_it_asks_a_group_before_the_step_itself(stage: Stage) -> None:
    skipped(stage.step(argv("echo"), guard=lit(False), when=lit(False)).run(), "upstream-skipped")
    assert stage.step(argv("echo"), guard=lit(True)).run().code == 0


def test_it_skips_where_the_condition_of_a_group_reads_something_absent(stage: Stage) -> None:
    stage.step(argv("echo"), guard=["==", ref("steps.a.outputs.n"), lit(1)], reads=[N])
    skipped(stage.run(reads={N["slot"]: "null"}), "upstream-skipped")


def test_it_leaves_with_the_code_that_the_engine_wants_for_a_skip(stage: Stage) -> None:
    skipped(stage.step(argv("echo"), when=lit(False)).run(PIPEGLOT_SKIP_CODE="99"), "condition-false", 99)


@pytest.mark.parametrize(
    "entries", [{"when": ["==", ref("steps.a.outputs.n"), lit(1)]}, {"requires": [N["slot"].split(".")]}]
)
@pytest.mark.parametrize("handed", ["null", ""])
def test_it_skips_what_reads_something_absent(stage: Stage, entries: dict[str, Any], handed: str) -> None:
    stage.step(argv("echo"), reads=[N], **entries)
    skipped(stage.run(reads={N["slot"]: handed}), "upstream-skipped")


@pytest.mark.parametrize(
    "entries",
    [
        {"inputs": {"i": {"type": "int", "value": ref("steps.a.outputs.n")}}},
        {"env": {"E": ref("steps.a.outputs.n")}},
        {"body": argv("echo", ref("steps.a.outputs.n"))},
    ],
)
def test_it_skips_where_an_input_a_variable_or_an_argument_is_absent(stage: Stage, entries: dict[str, Any]) -> None:
    skipped(stage.step(entries.pop("body", argv("echo")), reads=[N], **entries).run(), "upstream-skipped")


@pytest.mark.parametrize(
    ("tree", "seen"),
    [
        (["call", "default", ref("steps.a.outputs.n"), lit(7)], "7"),
        (["call", "first_of", ref("steps.a.outputs.n"), lit(1)], "1"),
    ],
)
def test_it_takes_another_value_for_an_absent_one(stage: Stage, tree: Tree, seen: str) -> None:
    assert stage.step(argv("printf", "%s", tree), reads=[N]).run(reads={N["slot"]: "null"}).out == seen


def test_it_takes_the_default_of_an_output(stage: Stage) -> None:
    assert stage.step(ECHO, reads=[{**N, "default": 5}]).run(reads={N["slot"]: "null"}).out == "5"


def test_it_sees_absence_although_the_engine_kept_an_older_value(stage: Stage) -> None:
    stage.step(ECHO, reads=[N, ENGINE, STATE])
    skipped(stage.run(reads={N["slot"]: "4", ENGINE["slot"]: "failed"}), "upstream-skipped")


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (["get", lit([1]), lit(4)], "`[1][4]` is not there: `[1]` has 1 elements, from 0"),
        (["==", lit(1), lit("a")], '`1` is an int and `"a"` a string, which `==` does not take'),
    ],
)
def test_it_fails_where_an_expression_does(stage: Stage, tree: Tree, message: str) -> None:
    outcome = stage.step(argv("echo", tree)).run()
    assert (outcome.code, outcome.end, outcome.state) == (67, ("failed", "expression-error"), "failed")
    assert f"pipeglot: step `s`: {message}" in outcome.err
    assert outcome.events[0]["message"] == message


def test_it_fails_where_an_input_does_not_fit_its_type(stage: Stage) -> None:
    reads = [{**N, "type": "any"}]
    inputs = {"i": {"type": "int", "value": ref("steps.a.outputs.n")}}
    outcome = stage.step(argv("echo"), inputs=inputs, reads=reads).run(reads={N["slot"]: '"x"'})
    assert (outcome.code, outcome.end) == (67, ("failed", "expression-error"))


@pytest.mark.parametrize(
    ("engine", "own", "fan", "status"),
    [
        ("Succeeded", '"succeeded"', None, "succeeded"),
        ("Succeeded", '"skipped"', None, "skipped"),
        ("Failed", "null", None, "failed"),
        ("Error", "", None, "failed"),
        ("Omitted", "", None, "cancelled"),
        ("Failed", '"cancelled"', None, "cancelled"),
        ("success", '"succeeded"', None, "succeeded"),
        ("skipped", '"skipped"', None, "skipped"),
        ("failed", '"failed"', None, "failed"),
        ("upstream_failed", "", None, "cancelled"),
        ("cancelled", "", None, "cancelled"),
        ("", '"skipped"', None, "skipped"),
        ("", '"succeeded"', None, "succeeded"),
        ("", "", None, "cancelled"),
        ("None", "null", None, "cancelled"),
        ("", "", "[]", "cancelled"),
        ("omitted", '"succeeded"', "[]", "cancelled"),
        ("cancelled", '"failed"', None, "cancelled"),
        ("skipped", '"succeeded"', "[]", "succeeded"),
        ("Succeeded", '"succeeded"', '[[0,"skipped"],[1,"skipped"]]', "succeeded"),
        ("Succeeded", '"skipped"', "[]", "skipped"),
        ("failed", '"succeeded"', '["[0,\\"succeeded\\"]",null]', "failed"),
        ("failed", '"succeeded"', '[[0,"cancelled"],[1,"succeeded"]]', "cancelled"),
        ("", '"succeeded"', '[[0,"failed"],[1,"succeeded"]]', "failed"),
    ],
)
def test_it_knows_how_a_step_ended(stage: Stage, engine: str, own: str, fan: str | None, status: str) -> None:
    reads = [STATE, ENGINE] + ([ITEMS] if fan is not None else [])
    given = {STATE["slot"]: own, ENGINE["slot"]: engine, ITEMS["slot"]: fan or ""}
    assert stage.step(argv("printf", "%s", ref("steps.a.status")), reads=reads).run(reads=given).out == status


@pytest.mark.parametrize(
    ("engine", "own", "runs"),
    [
        ("Failed", "", True),
        ("Omitted", "", True),
        ("upstream_failed", "", True),
        ("Succeeded", '"succeeded"', False),
        ("Succeeded", '"skipped"', False),
        ("Failed", '"cancelled"', False),
    ],
)
def test_it_runs_after_a_failure_alone(stage: Stage, engine: str, own: str, runs: bool) -> None:
    stage.step(argv("echo", "ran"), run_if="failure", needs=["a"], reads=[STATE, ENGINE])
    outcome = stage.run(reads={STATE["slot"]: own, ENGINE["slot"]: engine})
    if runs:
        assert outcome.out == "ran\n"
    else:
        skipped(outcome, "condition-false")


def test_it_always_runs_when_told_so(stage: Stage) -> None:
    body = argv("printf", "%s", ["call", "default", ref("steps.a.outputs.n"), lit(0)])
    stage.step(body, run_if="always", needs=["a"], reads=[N, STATE, ENGINE])
    assert stage.run(reads={ENGINE["slot"]: "Failed"}).out == "0"


def test_it_sees_the_run_from_on_exit(stage: Stage) -> None:
    reads = [{"slot": slot, "type": "string"} for slot in ("run.status", "run.failed_steps")]
    stage.step(argv("echo", ref("run.status"), ref("run.failed_steps")), on_exit=True, reads=reads)
    assert stage.run(reads={"run.status": '"failed"', "run.failed_steps": '["a"]'}).out == 'failed ["a"]\n'


def test_it_tells_the_run_its_own_facts(stage: Stage) -> None:
    stage.step(argv("echo", ref("run.id"), ref("run.attempt"), ref("pipeline.name"), ref("run.scheduled_time")))
    outcome = stage.run(PIPEGLOT_ATTEMPT="2", PIPEGLOT_SCHEDULED="2026-01-02T03:04:05Z")
    assert outcome.out.split()[1:] == ["2", "p", "2026-01-02T03:04:05Z"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"PIPEGLOT_TABLE": "/no/such"}, "the step table `/no/such` cannot be read"),
        ({"PIPEGLOT_READS": "/no/such"}, "PIPEGLOT_READS, `/no/such`, cannot be read"),
        ({"PIPEGLOT_ATTEMPT": "first"}, "PIPEGLOT_ATTEMPT is `first`, not a number from 1"),
        ({"PIPEGLOT_WORK": "s3://b"}, "PIPEGLOT_WORK is `s3://b`, and the sidecar writes to folders only"),
        ({"PIPEGLOT_CODE": "/no/such"}, "the folder of the code, `/no/such`, cannot be entered"),
        ({"PIPEGLOT_WORK": "/dev/null/x"}, "the folder `/dev/null/x` cannot be made"),
    ],
)
def test_it_says_in_one_line_what_it_lacks(stage: Stage, settings: dict[str, str], message: str) -> None:
    outcome = stage.step(sh("echo ran")).run(variables=settings)
    assert (outcome.code, outcome.out) == (68, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_it_says_that_a_read_is_no_wire_text(stage: Stage) -> None:
    outcome = stage.step(ECHO, reads=[N]).run(reads={N["slot"]: "{"})
    assert (outcome.code, outcome.end[0]) == (68, "failed")
    assert "`steps.a.outputs.n` cannot be read: it is not JSON" in outcome.err


def test_it_names_the_step_that_the_table_has_not(stage: Stage) -> None:
    stage.step(argv("echo"))
    stage.table["steps"] = {}
    outcome = stage.run()
    assert outcome.code == 68
    assert "has no step `s`" in outcome.err


def test_it_does_not_start_after_the_deadline(stage: Stage) -> None:
    outcome = stage.step(argv("echo")).run(PIPEGLOT_DEADLINE="5", PIPEGLOT_RUN_STARTED="1000")
    assert (outcome.code, outcome.out, outcome.end) == (143, "", ("cancelled", "deadline"))
    assert json.loads(outcome.results["pipeglot-state"]) == "cancelled"


def test_it_starts_on_exit_after_the_deadline_too(stage: Stage) -> None:
    outcome = stage.step(argv("echo"), on_exit=True).run(PIPEGLOT_DEADLINE="5", PIPEGLOT_RUN_STARTED="1000")
    assert outcome.end == ("succeeded", None)
