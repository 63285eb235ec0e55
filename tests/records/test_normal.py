"""The normal form: what it keeps, and what it must never show."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeglot.definition import definition_json
from pipeglot.ir import FanOut, Input, Output, Pipeline
from pipeglot_records.faults import RecordsFault
from pipeglot_records.show import normal
from pipeglot_records.show.normal import normal_form, normal_text
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.ingest import ingest_folder
from tests.records.conftest import HERE, OTHER, Log, output_of, ref, step

Find = Callable[[Log], dict[str, Any]]


def rich() -> Log:
    """A run with something of everything that the normal form keeps."""
    artifact = Output("f", HERE, artifact="file", file="f")
    number = Output("n", HERE, type="any")
    items = FanOut(["lit", ["p", "q", "r"]], "string", HERE)
    pipeline = Pipeline(
        "rich",
        HERE,
        (),
        (
            step("make", outputs=(artifact, number)),
            step("each", fan_out=items, inputs=(Input("i", "string", ref("item"), HERE),), outputs=(artifact, number)),
            step("take", inputs=(Input("fs", "list[artifact]", output_of("each", "f"), HERE),), needs=("each",)),
            step("kill"),
            step("slow"),
            step("short", outputs=(number,)),
            step("skip"),
        ),
        on_exit=(step("last", on_exit=True),),
    )
    log = Log(definition_json(pipeline)).run()
    log.start("make").fail("make")
    log.start("make", number=2, inputs={}).file("make", "f", "abcd", number=2).out("make", "n", number=2, value=1)
    log.end("make", number=2).listed("each", 3)
    for item in (0, 2):
        log.start("each", item, inputs={"i": {"value": "pqr"[item]}}).file("each", "f", f"e{item}", item)
        log.out("each", "n", item, redacted=True).end("each", item)
    log.decided("each", "skipped", "condition-false", 1)
    log.start("take", inputs={"fs": {"from": ["each.f"], "items": [0, 2]}}, lineage=[["each.f", "take.fs"]]).end("take")
    log.start("kill").end("kill", state="failed", reason="signal", exit_code=None, signal="SIGKILL")
    log.start("slow").end("slow", state="failed", reason="timeout", exit_code=124)
    log.start("short").end("short", state="failed", reason="missing-output", exit_code=0)
    log.decided("skip", "skipped", "condition-false")
    return log.start("last").end("last").over("failed")


def form(log: Log) -> str:
    return normal_text(log.picture())


def at(
    event: str, step: str, item: int | None = None, number: int = 1, **wanted: Any
) -> Callable[[Log], dict[str, Any]]:
    """Finds one line of the log."""

    def find(log: Log) -> dict[str, Any]:
        attempt = log.attempt(step, item, number) if event != "decided" else None
        place = {
            "event": event,
            "step": step,
            "item": None if item is None else str(item),
            "attempt": attempt,
            **wanted,
        }
        (found,) = [line for line in log.lines if all(line.get(key) == value for key, value in place.items())]
        return found

    return find


KEPT: dict[str, tuple[Find, dict[str, Any]]] = {
    "state of an attempt": (at("end", "make", number=2), {"state": "failed", "reason": "exit-code"}),
    "reason of an attempt": (at("end", "make"), {"reason": "bad-output"}),
    "exit code of a failure": (at("end", "make"), {"exit_code": 4}),
    "exit code beside a missing output": (at("end", "short"), {"exit_code": 1}),
    "signal": (at("end", "kill"), {"signal": "SIGTERM"}),
    "reason of a timeout": (at("end", "slow"), {"reason": "lost"}),
    "value of an output": (at("output", "make", number=2, name="n"), {"value": 2}),
    "float beside int": (at("output", "make", number=2, name="n"), {"value": 1.0}),
    "bool beside int": (at("output", "make", number=2, name="n"), {"value": True}),
    "text beside int": (at("output", "make", number=2, name="n"), {"value": "1"}),
    "name of an output": (at("output", "make", number=2, name="n"), {"name": "m"}),
    "digest of a file": (at("output", "make", number=2, name="f"), {"digest": {"sha256": "f00d"}}),
    "kind of digest": (at("output", "make", number=2, name="f"), {"digest": {"dirHash": "abcd" * 8}}),
    "output of an item": (at("output", "each", 2, name="n"), {"redacted": False, "value": 3}),
    "digest that a reader saw": (at("output", "each", 0, name="f"), {"digest": {"sha256": "f00d"}}),
    "input": (at("start", "each", 0), {"inputs": {"i": {"value": "x"}}}),
    "redacted input": (at("start", "each", 0), {"inputs": {"i": {"redacted": True}}}),
    "missing input": (at("start", "each", 0), {"inputs": {}}),
    "items that were read": (at("start", "take"), {"inputs": {"fs": {"from": ["each.f"], "items": [2, 0]}}}),
    "lineage": (at("start", "take"), {"lineage": []}),
    "lineage of another reader": (at("start", "take"), {"lineage": [["each.f", "take"]]}),
    "state of a decision": (at("decided", "skip"), {"state": "cancelled"}),
    "reason of a decision": (at("decided", "skip"), {"reason": "upstream-skipped"}),
    "decision about an item": (at("decided", "each", 1), {"reason": "upstream-skipped"}),
    "count of items": (at("decided", "each", list=True), {"items": 4}),
    "state of on_exit": (at("end", "last"), {"state": "failed", "reason": "exit-code"}),
}


@pytest.mark.parametrize("what", KEPT)
def test_it_tells_apart(what: str) -> None:
    find, change = KEPT[what]
    log = rich()
    find(log).update(change)
    assert form(log) != form(rich())


def test_it_tells_changes_apart_from_each_other() -> None:
    forms = {form(rich())}
    for find, change in KEPT.values():
        log = rich()
        find(log).update(change)
        forms.add(form(log))
    assert len(forms) == len(KEPT) + 1


def is_kept(line: dict[str, Any]) -> bool:
    """A start says what was read; a list's count follows from a literal list; a run's params are not shown."""
    if line["event"] == "start":
        return bool(line["inputs"] or line["lineage"])
    return line["event"] != "run" and "list" not in line


def test_it_misses_every_event_that_is_left_out() -> None:
    whole = rich()
    for index, line in enumerate(whole.lines):
        if is_kept(line):
            log = rich()
            del log.lines[index]
            assert form(log) != form(whole), line


def test_it_tells_a_cancelled_run_from_a_failed_one() -> None:
    assert form(rich().over("cancelled")) != form(rich())


def test_it_tells_an_attempt_more() -> None:
    log = rich()
    log.start("skip").end("skip")
    assert form(log) != form(rich())


def scramble(value: Any) -> Any:
    """Something else of the same type."""
    if isinstance(value, dict):
        return {"more": 1}
    if isinstance(value, list):
        return ["more"]
    return value + 1 if isinstance(value, int | float) else f"{value}x"


NEVER = {
    "start": ("number", "engine", "native", "definition", "host", "pid", "sidecar", "argv"),
    "output": ("size", "files", "uri", "kind"),
    "end": ("message", "cpu", "max_rss"),
    "decided": ("message",),
    "run": ("target", "native", "profile", "params", "definition", "pipeline"),
    "run-end": ("by",),
}


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in NEVER.items() for field in fields])
def test_it_never_shows(kind: str, field: str) -> None:
    log = rich()
    touched = [line for line in log.lines if line["event"] == kind and field in line]
    for line in touched:
        line[field] = scramble(line[field])
    assert touched
    assert form(log) == form(rich())


def test_it_never_shows_times_ids_or_writers() -> None:
    log = rich()
    for line in log.lines:
        line["time"] = line["time"] * 3 + 17
        line["run"] = "ffffffff-7d1e-7c4b-9a55-0d3f6c1b2a10"
        line["writer"] += "-other"
        line["seq"] += 100
        line["attempt"] = line["attempt"] and line["attempt"][::-1]
    log.run_id = "ffffffff-7d1e-7c4b-9a55-0d3f6c1b2a10"
    assert form(log) == form(rich())


def test_it_knows_every_field_of_an_event() -> None:
    """A new field must be put in one of the tables above."""
    kept = {
        "start": {"inputs", "lineage"},
        "output": {"name", "value", "redacted", "digest"},
        "end": {"state", "reason", "exit_code", "signal"},
        "decided": {"state", "reason", "items", "list"},
        "run-end": {"state", "reason"},
    }
    common = {"v", "event", "run", "step", "item", "attempt", "writer", "seq", "time"}
    for line in rich().lines:
        kind = line["event"]
        assert set(line) - common <= kept.get(kind, set()) | set(NEVER.get(kind, ()))


def test_it_is_the_same_in_any_order_of_events() -> None:
    for seed in range(20):
        log = rich()
        random.Random(seed).shuffle(log.lines)
        assert form(log) == form(rich())


def test_it_is_what_the_contract_says() -> None:
    shown = normal_form(rich().picture())
    steps: Any = shown["steps"]
    assert list(shown) == ["pipeline", "run", "steps", "on_exit", "lineage"]
    assert steps["make"]["attempts"] == [{"exit_code": 3, "reason": "exit-code"}, {"exit_code": 0}]
    assert steps["make"]["outputs"] == {"f": {"sha256": "abcd" * 8}, "n": {"value": 1}}
    assert steps["kill"]["attempts"] == [{"reason": "signal", "signal": "SIGKILL"}]
    assert steps["slow"]["attempts"] == [{"reason": "timeout"}]
    assert steps["short"]["attempts"] == [{"exit_code": 0, "reason": "missing-output"}]
    assert steps["skip"] == {
        "state": "skipped",
        "reason": "condition-false",
        "attempts": [],
        "inputs": {},
        "outputs": {},
    }
    assert steps["each"]["indices"] == [0, 2]
    assert steps["each"]["outputs"]["n"] == [{"redacted": True}, {"redacted": True}]
    assert "attempts" not in steps["each"]
    assert steps["take"]["inputs"] == {"fs": [{"sha256": "e0" * 8}, {"sha256": "e2" * 8}]}
    assert shown["lineage"] == [["each.f", "take.fs"]]


def test_it_shows_a_default_where_nothing_was_written() -> None:
    outputs = (Output("n", HERE, type="int", default=8), Output("s", HERE, type="string", default="x", sensitive=True))
    log = Log(definition_json(Pipeline("p", HERE, (), (step("a", outputs=outputs),))))
    shown: Any = normal_form(log.run().start("a").end("a").over("succeeded").picture())
    assert shown["steps"]["a"]["outputs"] == {"n": {"value": 8}, "s": {"redacted": True}}


def test_it_leaves_a_fan_out_that_never_ran_without_outputs(log: Log) -> None:
    log.run().start("extract").fail("extract").report().over("failed")
    shown: Any = normal_form(log.picture())
    assert shown["steps"]["train"] == {
        "state": "cancelled",
        "reason": "upstream-failed",
        "indices": [],
        "items": [],
        "outputs": {},
    }


def test_it_gives_empty_lists_over_an_empty_list(log: Log) -> None:
    shown: Any = normal_form(log.run().extract().listed("train", 0).report().over("succeeded").picture())
    assert shown["steps"]["train"]["outputs"] == {"auc": [], "model": []}


def test_it_is_canonical_json(log: Log, store: Store, tmp_path: Path) -> None:
    log.whole().into(store, tmp_path / "logs")
    found = normal.text(store, log.run_id)
    assert found == json.dumps(json.loads(found), sort_keys=True, indent=2) + "\n"
    assert found == form(log)


def test_it_is_refused_without_the_definition(log: Log, store: Store, tmp_path: Path) -> None:
    ingest_folder(store, log.whole().write(tmp_path / "logs"))
    with pytest.raises(RecordsFault, match="the definition of the run"):
        normal.text(store, log.run_id)


def test_the_rich_run_is_not_changed_by_looking_at_it() -> None:
    log = rich()
    before = copy.deepcopy(log.lines)
    form(log)
    assert log.lines == before


def test_what_was_taken_from_an_earlier_attempt_is_no_attempt() -> None:
    log, whole = rich(), rich()
    at("start", "make", number=2)(log)["reused"] = {"run": OTHER, "attempt": log.attempt("make", None, 2)}
    at("end", "make", number=2)(log).update(state="cached", exit_code=None)
    found, before = json.loads(form(log)), json.loads(form(whole))
    failed = before["steps"]["make"]["attempts"][:1]
    assert found["steps"].pop("make") == {**before["steps"].pop("make"), "state": "cached", "attempts": failed}
    assert found == before
