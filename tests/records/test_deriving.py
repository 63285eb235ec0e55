"""States of the steps that left no word, once the run is over."""

from __future__ import annotations

from typing import Any

import pytest

from pipeglot.definition import definition_json
from pipeglot.ir import FanOut, Input, Output, Param, Pipeline, RunIf
from pipeglot_records.model.run_view import OVERDUE
from tests.records.conftest import HERE, Log, output_of, ref, step


def pipeline(*steps: Any, **fields: Any) -> Log:
    return Log(definition_json(Pipeline("small", HERE, fields.pop("params", ()), steps, **fields)))


def reads(source: str, name: str, **fields: Any) -> dict[str, Any]:
    """What a step needs that has one input from another."""
    needed = Input("x", "int", output_of(source, name), HERE)
    return {"inputs": (needed,), "needs": (source,), "requires": (("steps", source, "outputs", name),), **fields}


NUMBER = (Output("n", HERE, type="int"),)


def test_it_believes_what_the_steps_said(log: Log) -> None:
    picture = log.whole().picture()
    assert {one.state for one in picture.places()} == {"succeeded"}
    assert not any(one.outcome.derived for one in picture.places())


def test_it_cancels_what_needs_a_failed_step(log: Log) -> None:
    log.run().start("extract").fail("extract").report().over("failed")
    assert log.states() == {
        "extract": ("failed", "exit-code"),
        "train": ("cancelled", "upstream-failed"),
        "pick": ("cancelled", "upstream-failed"),
        "publish": ("cancelled", "upstream-failed"),
        "report": ("succeeded", None),
    }
    assert log.picture().steps["publish"].outcome.derived


def test_it_skips_what_its_condition_does_not_want(log: Log) -> None:
    log.run(threshold=0.8).extract().listed("train", 1).train(0, 0.7).pick(0.7, (0,)).report().over("succeeded")
    assert log.states()["publish"] == ("skipped", "condition-false")


def test_it_skips_what_reads_a_skipped_step() -> None:
    log = pipeline(step("a", outputs=NUMBER), step("b", **reads("a", "n")), step("c", needs=("a",)))
    log.run().decided("a", "skipped", "condition-false").start("c").end("c").over("succeeded")
    assert log.states()["b"] == ("skipped", "upstream-skipped")


def test_it_puts_failure_before_a_skip() -> None:
    needs = ("a", "b")
    log = pipeline(step("a", outputs=NUMBER), step("b"), step("c", **reads("a", "n", needs=needs)))
    log.run().decided("a", "skipped", "condition-false").start("b").fail("b").over("failed")
    assert log.states()["c"] == ("cancelled", "upstream-failed")


def test_it_uses_the_default_of_an_output() -> None:
    output = (Output("n", HERE, type="int", default=5),)
    log = pipeline(step("a", outputs=output), step("b", needs=("a",), when=["==", output_of("a", "n"), ["lit", 4]]))
    log.run().decided("a", "skipped", "condition-false").over("succeeded")
    assert log.states()["b"] == ("skipped", "condition-false")


def test_it_skips_run_if_failure_when_nothing_failed() -> None:
    log = pipeline(step("a"), step("b", needs=("a",), run_if=RunIf.FAILURE))
    assert log.run().start("a").end("a").over("succeeded").states()["b"] == ("skipped", "condition-false")


@pytest.mark.parametrize("run_if", [RunIf.FAILURE, RunIf.ALWAYS])
def test_it_misses_a_step_that_had_to_start_after_a_failure(run_if: RunIf) -> None:
    log = pipeline(step("a"), step("b", needs=("a",), run_if=run_if))
    assert log.run().start("a").fail("a").over("failed").states()["b"] == ("failed", "lost")


def test_it_counts_upstream_failed_as_a_failure_for_run_if() -> None:
    log = pipeline(step("a"), step("b", needs=("a",)), step("c", needs=("b",), run_if=RunIf.FAILURE))
    log.run().start("a").fail("a").start("c").end("c").over("failed")
    assert log.states() == {
        "a": ("failed", "exit-code"),
        "b": ("cancelled", "upstream-failed"),
        "c": ("succeeded", None),
    }


def test_it_calls_an_attempt_lost_that_never_ended(log: Log) -> None:
    log.run().start("extract").over("failed")
    assert log.states()["extract"] == ("failed", "lost")
    assert log.picture().steps["extract"].tries[0].outcome.reason == "lost"


def test_it_takes_the_last_attempt_for_the_step(log: Log) -> None:
    log.run().start("extract").fail("extract").start("extract", number=2).end("extract", number=2)
    extract = log.over("failed").picture().steps["extract"]
    assert extract.state == "succeeded"
    assert [one.outcome.reason for one in extract.tries] == ["exit-code", None]


def test_it_takes_a_decision_that_came_after_an_attempt(log: Log) -> None:
    log.run().start("extract").fail("extract").decided("extract", "cancelled", "deadline").over("failed")
    assert log.states()["extract"] == ("cancelled", "deadline")


def test_it_lets_a_cancel_win() -> None:
    log = pipeline(step("a"), step("b", needs=("a",)), on_exit=(step("z", on_exit=True),))
    log.run().start("a").say("cancel", by="someone")
    log.end("a", state="cancelled", reason="run-cancelled", exit_code=None).over("failed")
    assert log.picture().state == "cancelled"
    assert log.states()["b"] == ("cancelled", "run-cancelled")
    assert log.states()["z"] == ("cancelled", "run-cancelled")


@pytest.mark.parametrize("state", ["succeeded", "failed"])
def test_it_believes_the_engine_where_a_cancel_came_too_late(log: Log, state: str) -> None:
    log.whole() if state == "succeeded" else log.run().start("extract").fail("extract").over("failed")
    assert log.say("cancel", by="someone").picture().state == state


def test_it_is_not_cancelled_where_it_succeeded_all_the_same() -> None:
    log = pipeline(step("a"))
    log.run().say("cancel", by="someone").start("a").end("a").over("succeeded")
    assert log.picture().state == "succeeded"


LOST: dict[str, Any] = {"state": "failed", "reason": "lost", "exit_code": None}


def test_it_takes_for_cancelled_what_was_lost_by_a_cancel(log: Log) -> None:
    log.run().start("extract").say("cancel", by="someone").end("extract", **LOST).over("cancelled")
    assert log.states()["extract"] == ("cancelled", "run-cancelled")


def test_it_does_not_take_for_cancelled_what_was_lost_long_before(log: Log) -> None:
    log.run().start("extract").end("extract", **LOST)
    log.wait(60)
    log.say("cancel", by="someone").over("cancelled")
    assert log.states()["extract"] == ("failed", "lost")


def test_it_takes_for_late_what_the_engine_ended_at_the_deadline(log: Log) -> None:
    log.run().start("extract").end("extract", **LOST).say("run-end", state="failed", by="engine", reason="deadline")
    assert log.states()["extract"] == ("cancelled", "deadline")


def test_it_stops_what_was_running_when_the_run_was_cancelled(log: Log) -> None:
    log.run().start("extract").say("cancel", by="someone").over("cancelled")
    assert log.states()["extract"] == ("cancelled", "run-cancelled")


def test_it_says_deadline_where_the_deadline_ended_the_run(log: Log) -> None:
    log.run().start("extract").end("extract", state="cancelled", reason="run-cancelled", exit_code=None)
    picture = log.report().over("failed", reason="deadline").picture()
    assert picture.state == "failed"
    assert log.states()["extract"] == ("cancelled", "deadline")
    assert picture.steps["extract"].tries[0].outcome.reason == "deadline"
    assert log.states()["train"] == ("cancelled", "deadline")


def test_it_knows_the_deadline_by_a_step_that_met_it() -> None:
    log = pipeline(step("a"), step("b"))
    log.run().decided("a", "cancelled", "deadline").over("failed")
    assert log.states()["b"] == ("cancelled", "deadline")


def test_it_says_fail_fast_for_what_was_not_begun() -> None:
    log = pipeline(step("a"), step("b"), step("c", needs=("b",)), fail_fast=True)
    log.run().start("a").fail("a").over("failed")
    assert log.states()["b"] == ("cancelled", "fail-fast")
    assert log.states()["c"] == ("cancelled", "fail-fast")


def test_it_misses_a_step_of_which_nothing_is_known() -> None:
    log = pipeline(step("a"))
    assert log.run().over("succeeded").states()["a"] == ("failed", "lost")
    assert log.picture().state == "failed"


def test_it_trusts_a_content_engine_where_a_value_was_redacted() -> None:
    secret = Param("key", "string", HERE, default="", sensitive=True)
    log = pipeline(step("a", when=["==", ref("params", "key"), ["lit", "on"]]), params=(secret,))
    log.run()
    log.lines[0]["params"] = {"key": {"redacted": True}}
    assert log.over("succeeded").states()["a"] == ("skipped", "condition-false")


def test_it_fails_a_run_whose_exit_step_failed(log: Log) -> None:
    log.whole()
    log.lines = [line for line in log.lines if line["event"] != "run-end" and line["step"] != "report"]
    log.start("report").fail("report").over("succeeded")
    assert log.picture().state == "failed"


class TestFanOut:
    def test_it_fails_for_its_first_failed_item(self, log: Log) -> None:
        log.run().extract().listed("train", 3).train(0, 0.7)
        log.start("train", 2).end("train", 2, state="failed", reason="timeout", exit_code=None)
        log.start("train", 1).fail("train", 1).report().over("failed")
        train = log.picture().steps["train"]
        assert (train.state, train.reason, train.indices) == ("failed", "exit-code", (0,))
        assert log.states()["pick"] == ("cancelled", "upstream-failed")

    def test_it_succeeds_when_all_items_are_skipped(self, log: Log) -> None:
        log.run().extract().listed("train", 2)
        log.decided("train", "skipped", "condition-false", 0).decided("train", "skipped", "condition-false", 1)
        train = log.report().over("succeeded").picture().steps["train"]
        assert (train.state, train.indices, len(train.items or ())) == ("succeeded", (), 2)

    def test_it_succeeds_over_an_empty_list(self, log: Log) -> None:
        train = log.run().extract().listed("train", 0).report().over("succeeded").picture().steps["train"]
        assert (train.state, train.items) == ("succeeded", ())

    def test_it_takes_the_count_from_the_params_without_a_list_task(self, log: Log) -> None:
        log.run(regions=["eu", "us"]).extract().train(0, 0.7).report().over("failed")
        assert [one.reason for one in log.picture().steps["train"].items or ()] == [None, "lost"]

    def test_it_is_empty_by_the_params_without_any_word(self, log: Log) -> None:
        train = log.run(regions=[]).extract().report().over("succeeded").picture().steps["train"]
        assert (train.state, train.items) == ("succeeded", ())

    def test_it_is_skipped_as_a_whole_by_its_list_task(self, log: Log) -> None:
        log.run().extract().decided("train", "skipped", "condition-false", list=True).report().over("succeeded")
        train = log.picture().steps["train"]
        assert (train.state, train.reason, train.items) == ("skipped", "condition-false", ())
        assert log.states()["pick"] == ("skipped", "upstream-skipped")

    def test_it_fails_with_its_list_task(self, log: Log) -> None:
        log.run().extract().decided("train", "failed", "expression-error", list=True).report().over("failed")
        assert log.states()["train"] == ("failed", "expression-error")

    def test_it_is_skipped_as_a_whole_where_each_item_says_the_same(self, log: Log) -> None:
        log.run(regions=["eu", "us"]).extract()
        log.decided("train", "skipped", "upstream-skipped", 0).decided("train", "skipped", "upstream-skipped", 1)
        train = log.report().over("succeeded").picture().steps["train"]
        assert (train.state, train.reason, train.items) == ("skipped", "upstream-skipped", ())

    def test_it_is_stopped_as_a_whole_where_each_item_says_the_same(self) -> None:
        log = pipeline(step("a", fan_out=FanOut(["lit", [1, 2]], "int", HERE))).run()
        log.decided("a", "cancelled", "deadline", 0).decided("a", "cancelled", "deadline", 1)
        found = log.over("failed").picture().steps["a"]
        assert (found.state, found.reason, found.items) == ("cancelled", "deadline", ())

    def test_it_decides_an_item_by_its_element(self) -> None:
        fan = FanOut(["lit", [1, 2]], "int", HERE)
        log = pipeline(step("a", fan_out=fan, when=[">", ref("item"), ["lit", 1]], when_each=True))
        items = log.run().start("a", 1).end("a", 1).over("succeeded").picture().steps["a"].items or ()
        assert [(one.state, one.reason) for one in items] == [("skipped", "condition-false"), ("succeeded", None)]

    def test_it_decides_an_item_of_a_group_by_what_stands_in_the_same_item(self) -> None:
        fan, small = FanOut(["lit", [1, 2]], "int", HERE), [">", output_of("g.a", "n"), ["lit", 7]]
        beside = {"needs": ("g.a",), "after": ("g.a",), "aligned": ("g.a",), "fan_out": fan}
        log = pipeline(
            step("g.a", fan_out=fan, outputs=NUMBER),
            step("g.b", when=small, when_each=True, **beside),
        )
        log.run().start("g.a", 0).out("g.a", "n", 0, value=8).end("g.a", 0)
        log.start("g.a", 1).out("g.a", "n", 1, value=5).end("g.a", 1).start("g.b", 0).end("g.b", 0).over("succeeded")
        found = log.picture().steps
        assert [(one.state, one.reason) for one in found["g.b"].items or ()][1:] == [("skipped", "condition-false")]

    def test_it_holds_items_back_after_a_failed_one(self) -> None:
        log = pipeline(step("a", fan_out=FanOut(["lit", [1, 2, 3]], "int", HERE, fail_fast=True)))
        items = log.run().start("a", 1).fail("a", 1).over("failed").picture().steps["a"].items or ()
        assert [one.reason for one in items] == ["fail-fast", "exit-code", "fail-fast"]

    def test_it_hands_on_only_the_kept_items(self) -> None:
        fan = FanOut(["lit", [1, 2]], "int", HERE)
        when = ["==", output_of("a", "n"), ["list", ["lit", 7]]]
        log = pipeline(step("a", fan_out=fan, outputs=NUMBER), step("b", needs=("a",), run_if=RunIf.ALWAYS, when=when))
        log.run().decided("a", "skipped", "condition-false", 0).listed("a", 2)
        log.start("a", 1).out("a", "n", 1, value=8).end("a", 1).over("succeeded")
        assert log.states()["b"] == ("skipped", "condition-false")


class TestBeforeTheEnd:
    def test_it_derives_nothing(self, log: Log) -> None:
        log.run().start("extract").fail("extract")
        assert log.picture().state == "running"
        assert log.states()["train"] == ("pending", None)

    def test_it_calls_a_silent_run_unknown(self, log: Log) -> None:
        log.run().start("extract")
        last = log.lines[-1]["time"]
        assert log.picture(now=last + OVERDUE).state == "running"
        picture = log.picture(now=last + OVERDUE + 1)
        assert (picture.state, picture.steps["extract"].state) == ("unknown", "unknown")

    def test_it_hears_a_heartbeat(self, log: Log) -> None:
        log.run().start("extract")
        later = log.say("heartbeat").lines[-1]["time"]
        assert log.picture(now=later + OVERDUE).state == "running"
