"""The scheduler on its own: no clock, no process."""

from __future__ import annotations

from typing import Any

import pytest

from pipeglot.ir import RunIf
from pipeglot_backends.local.engine.outcomes import SUCCEEDED, Outcome, State
from pipeglot_backends.local.engine.plan import NO_RETRIES, Fan, PlanStep
from pipeglot_backends.local.engine.scheduler import Scheduler, Task

FAILED = Outcome(State.FAILED, "exit-code")
SKIPPED = Outcome(State.SKIPPED, "condition-false")


def step(name: str, *needs: str, run_if: str = "success", fan: Fan | None = None) -> PlanStep:
    return PlanStep(name, needs, RunIf(run_if), fan, NO_RETRIES, None, (), (), ())


def fan(count: int | None = None, max_parallel: int | None = None, fail_fast: bool = False) -> Fan:
    return Fan(count, max_parallel, fail_fast)


def taken(scheduler: Scheduler) -> list[str]:
    found: list[str] = []
    while task := scheduler.take():
        found.append(str(task) + ("*" if task.lists else ""))
    return found


def words(scheduler: Scheduler) -> dict[str, str]:
    return {step: outcome.reason or outcome.state.value for step, outcome in scheduler.outcomes.items()}


def test_it_starts_what_needs_nothing_in_the_order_of_the_plan() -> None:
    assert taken(Scheduler([step("b"), step("a"), step("c", "a")])) == ["b", "a"]


def test_it_starts_a_step_when_all_it_needs_are_done() -> None:
    scheduler = Scheduler([step("a"), step("b"), step("c", "a", "b")])
    taken(scheduler)
    scheduler.ended(Task("a"), SUCCEEDED)
    assert taken(scheduler) == []
    scheduler.ended(Task("b"), SKIPPED)
    assert taken(scheduler) == ["c"]
    scheduler.ended(Task("c"), SUCCEEDED)
    assert scheduler.done


def test_it_cancels_all_that_a_failure_keeps_from_starting() -> None:
    scheduler = Scheduler([step("a"), step("b", "a"), step("c", "b"), step("free")])
    scheduler.take()
    scheduler.ended(Task("a"), FAILED)
    assert words(scheduler) == {"a": "exit-code", "b": "upstream-failed", "c": "upstream-failed"}
    assert taken(scheduler) == ["free"]


@pytest.mark.parametrize("first", [("bad", FAILED, "idle", SKIPPED), ("idle", SKIPPED, "bad", FAILED)])
def test_it_lets_failure_win_over_a_skip(first: tuple[str, Outcome, str, Outcome]) -> None:
    scheduler = Scheduler([step("bad"), step("idle"), step("both", "bad", "idle")])
    taken(scheduler)
    scheduler.ended(Task(first[0]), first[1])
    assert "both" not in scheduler.outcomes
    scheduler.ended(Task(first[2]), first[3])
    assert scheduler.outcomes["both"].reason == "upstream-failed"


@pytest.mark.parametrize("run_if", ["failure", "always"])
def test_it_starts_other_run_ifs_after_a_failure_and_after_what_it_cancelled(run_if: str) -> None:
    scheduler = Scheduler([step("a"), step("b", "a"), step("c", "b", run_if=run_if)])
    taken(scheduler)
    scheduler.ended(Task("a"), FAILED)
    assert taken(scheduler) == ["c"]


def test_it_goes_through_a_chain_of_any_length() -> None:
    count = 20_000
    scheduler = Scheduler([step("s0"), *(step(f"s{n}", f"s{n - 1}") for n in range(1, count))])
    taken(scheduler)
    scheduler.ended(Task("s0"), FAILED)
    assert scheduler.done
    assert len(scheduler.outcomes) == count


def test_it_asks_the_list_task_for_the_items() -> None:
    scheduler = Scheduler([step("each", fan=fan())])
    assert taken(scheduler) == ["each*"]
    scheduler.listed("each", [0, 1])
    assert taken(scheduler) == ["each[0]", "each[1]"]
    scheduler.ended(Task("each", 1), FAILED)
    assert not scheduler.done
    scheduler.ended(Task("each", 0), SUCCEEDED)
    assert scheduler.outcomes["each"] == FAILED


def test_it_needs_no_list_task_where_the_items_are_known() -> None:
    assert taken(Scheduler([step("each", fan=fan(count=2))])) == ["each[0]", "each[1]"]


def test_it_ends_empty_fan_outs_at_once() -> None:
    chain = [step("e0", fan=fan(count=0)), *(step(f"e{n}", f"e{n - 1}", fan=fan(count=0)) for n in range(1, 5000))]
    scheduler = Scheduler(chain)
    assert scheduler.done
    assert set(words(scheduler).values()) == {"succeeded"}


def test_it_skips_a_whole_fan_out_by_its_list_task() -> None:
    scheduler = Scheduler([step("each", fan=fan()), step("all", "each")])
    task = scheduler.take()
    assert task is not None
    scheduler.ended(task, SKIPPED)
    assert scheduler.outcomes["each"] == SKIPPED
    assert taken(scheduler) == ["all"]


def test_it_keeps_the_limit_of_a_fan_out() -> None:
    scheduler = Scheduler([step("each", fan=fan(count=5, max_parallel=2))])
    assert taken(scheduler) == ["each[0]", "each[1]"]
    scheduler.ended(Task("each", 0), SUCCEEDED)
    assert taken(scheduler) == ["each[2]"]
    scheduler.ended(Task("each", 2), FAILED)
    assert taken(scheduler) == ["each[3]"]


def test_it_gives_a_fan_out_the_reason_of_its_first_failed_item() -> None:
    scheduler = Scheduler([step("each", fan=fan(count=3))])
    taken(scheduler)
    scheduler.ended(Task("each", 2), Outcome(State.FAILED, "timeout"))
    scheduler.ended(Task("each", 1), FAILED)
    scheduler.ended(Task("each", 0), SUCCEEDED)
    assert scheduler.outcomes["each"] == FAILED


def test_it_succeeds_where_all_items_are_skipped() -> None:
    scheduler = Scheduler([step("each", fan=fan(count=2))])
    taken(scheduler)
    for index in range(2):
        scheduler.ended(Task("each", index), SKIPPED)
    assert scheduler.outcomes["each"] == SUCCEEDED


@pytest.mark.parametrize("limit", [None, 2])
def test_it_stops_the_other_items_where_a_fan_out_fails_fast(limit: int | None) -> None:
    scheduler = Scheduler([step("each", fan=fan(4, limit, fail_fast=True)), step("other")])
    assert (scheduler.take(), scheduler.take()) == (Task("each", 0), Task("each", 1))
    scheduler.ended(Task("each", 0), FAILED)
    assert taken(scheduler) == ["other"]
    scheduler.ended(Task("each", 1), SUCCEEDED)
    reasons = [outcome.reason for _, outcome in sorted(scheduler.items("each").items())]
    assert reasons == ["exit-code", None, "fail-fast", "fail-fast"]


def test_it_starts_nothing_new_where_the_run_fails_fast() -> None:
    steps = [step("bad"), step("long"), step("ready"), step("after", "long"), step("child", "bad")]
    scheduler = Scheduler(steps, fail_fast=True)
    scheduler.take()
    scheduler.take()
    scheduler.ended(Task("bad"), FAILED)
    assert taken(scheduler) == []
    scheduler.ended(Task("long"), SUCCEEDED)
    assert scheduler.done
    assert words(scheduler) == {
        "bad": "exit-code", "ready": "fail-fast", "child": "upstream-failed", "long": "succeeded", "after": "fail-fast",
    }  # fmt: skip


def test_it_stops_for_a_deadline_also_within_a_fan_out() -> None:
    scheduler = Scheduler([step("each", fan=fan(3, 1)), step("lists", fan=fan()), step("after", "each")])
    assert taken(scheduler) == ["each[0]", "lists*"]
    scheduler.stop("deadline")
    scheduler.listed("lists", [0, 1])
    scheduler.ended(Task("each", 0), Outcome(State.CANCELLED, "deadline"))
    assert words(scheduler) == {"each": "deadline", "lists": "deadline", "after": "deadline"}


def test_it_gives_each_step_one_outcome_and_forgets_none() -> None:
    steps: list[PlanStep] = [step("s0")]
    steps += [
        step(f"s{n}", *{f"s{n // 2}", f"s{n // 3}"}, fan=fan(n % 4) if n % 3 == 0 else None) for n in range(1, 60)
    ]
    for ending in (SUCCEEDED, FAILED, SKIPPED):
        scheduler = Scheduler(steps)
        settled: list[Any] = []
        while not scheduler.done:
            task = scheduler.take()
            assert task is not None
            scheduler.ended(task, ending)
            while scheduler.settled:
                settled.append(scheduler.settled.popleft())
        assert sorted(settled) == sorted(each.id for each in steps)
