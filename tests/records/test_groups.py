"""The states of groups, which follow from the steps inside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeglot.definition import definition_json
from pipeglot.ir import Group, Output, Param, Pipeline
from pipeglot_records.show.normal import normal_form
from tests.records.conftest import HERE, Log, output_of, ref, step

GO = ref("params", "go")


def log(go: bool | None = True, when: list[Any] | None = None, inner: list[Any] | None = None) -> Log:
    """`make` and a group of two with another group inside."""
    guard = when
    deep = ["and", when, inner] if when and inner else when or inner
    pipeline = Pipeline(
        "p",
        HERE,
        (Param("go", "bool", HERE, default=go if go is not None else True),),
        (
            step("make", outputs=(Output("ok", HERE, type="bool"),)),
            step("g.a", needs=("make",), guard=guard),
            step("g.in.b", needs=("make",), guard=deep),
        ),
        groups=(
            Group("g", HERE, ("g.a", "g.in"), ("make",), None, when),
            Group("g.in", HERE, ("g.in.b",), ("make",), guard, inner),
        ),
    )
    return Log(definition_json(pipeline)).run()


def groups(log: Log) -> dict[str, Any]:
    steps = normal_form(log.picture())["steps"]
    assert isinstance(steps, dict)
    return {name: entry for name, entry in json.loads(json.dumps(steps)).items() if entry.get("group")}


def ran(log: Log, *steps: str) -> Log:
    for each in steps:
        log.start(each).end(each)
    return log


def test_it_succeeds_with_all_its_steps() -> None:
    done = {"state": "succeeded", "group": True}
    assert groups(ran(log(), "make", "g.a", "g.in.b").over("succeeded")) == {"g": done, "g.in": done}


def test_it_fails_with_a_step_inside() -> None:
    run = ran(log(), "make", "g.a").start("g.in.b").end("g.in.b", state="failed", reason="exit-code", exit_code=1)
    failed = {"state": "failed", "reason": "exit-code", "group": True}
    assert groups(run.over("failed")) == {"g": failed, "g.in": failed}


def test_it_is_cancelled_with_what_it_needs() -> None:
    run = log().start("make").end("make", state="failed", reason="exit-code", exit_code=1)
    cancelled = {"state": "cancelled", "reason": "upstream-failed", "group": True}
    assert groups(run.over("failed")) == {"g": cancelled, "g.in": cancelled}


@pytest.mark.parametrize("spoken", [True, False], ids=["said", "derived"])
def test_it_is_skipped_by_its_condition_and_its_steps_by_it(spoken: bool) -> None:
    run = ran(log(go=False, when=GO), "make")
    if spoken:
        run.decided("g.a", "skipped", "upstream-skipped").decided("g.in.b", "skipped", "upstream-skipped")
    run.over("succeeded")
    assert groups(run) == {
        "g": {"state": "skipped", "reason": "condition-false", "group": True},
        "g.in": {"state": "skipped", "reason": "upstream-skipped", "group": True},
    }
    states = {name: entry for name, entry in _steps(run).items() if name.startswith("g.") and name != "g.in"}
    assert {(entry["state"], entry["reason"]) for entry in states.values()} == {("skipped", "upstream-skipped")}


def test_it_is_skipped_alone_by_a_condition_of_its_own() -> None:
    run = ran(log(go=False, inner=GO), "make", "g.a").over("succeeded")
    assert groups(run) == {
        "g": {"state": "succeeded", "group": True},
        "g.in": {"state": "skipped", "reason": "condition-false", "group": True},
    }


def test_it_is_skipped_where_its_condition_reads_what_is_absent() -> None:
    run = log(when=output_of("make", "ok")).decided("make", "skipped", "condition-false").over("succeeded")
    assert groups(run)["g"] == {"state": "skipped", "reason": "upstream-skipped", "group": True}


def test_it_runs_while_a_step_inside_does() -> None:
    run = ran(log(), "make").start("g.a")
    assert [entry["state"] for entry in groups(run).values()] == ["running", "pending"]


def _steps(log: Log) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(normal_form(log.picture())["steps"]))
    return found
