"""The published form of an event, held against every kind that is written."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pipeglot.ir import Json
from pipeglot.run_events import RunEvents
from pipeglot_records.model.events import parse
from tests.records.conftest import RUN, Log

SCHEMA: Any = json.loads(resources.files("pipeglot_schemas").joinpath("event.v1.schema.json").read_text("utf-8"))
VALIDATOR: Any = jsonschema.Draft202012Validator(SCHEMA)
SHA = {"sha256": "0f" * 32}


def every_kind(log: Log) -> list[dict[str, Any]]:
    attempt = log.attempt("extract", None, 1)
    log.run(rows=3).start("extract", inputs={"a": {"value": 1}, "b": {"redacted": True}, "c": {"from": ["x.y"]}})
    log.out("extract", "n", value=1).out("extract", "s", redacted=True)
    log.out("extract", "f", kind="dataset", digest=SHA, size=3, files=1, uri="/a")
    log.say("metric", "extract", None, attempt, name="loss", value=0.5, at=3)
    log.say("param", "extract", None, attempt, name="lr", value=0.1)
    log.say("tag", "extract", None, attempt, name="colour", value="red")
    log.say("captured", "extract", None, attempt, name="git", value={"commit": "1f"})
    log.say("note", "extract", None, attempt, name="log", value="/tmp/log")
    log.say("heartbeat", "extract", None, attempt).say("heartbeat").end("extract")
    log.listed("train", 3).decided("train", "skipped", "condition-false", 1)
    return log.say("cancel", by="someone").over("cancelled").lines


def faults(line: dict[str, Any]) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(line)]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_it_takes_every_kind(log: Log) -> None:
    lines = every_kind(log)
    assert {line["event"] for line in lines} == set(SCHEMA["properties"]["event"]["enum"])
    assert {json.dumps(line): faults(line) for line in lines if faults(line)} == {}


def test_it_takes_what_is_said_of_a_run(tmp_path: Path) -> None:
    with RunEvents(tmp_path, RUN, "local") as events:
        params: dict[str, Json] = {"a": {"value": 1}, "k": {"redacted": True}}
        events.write("run", pipeline="p", definition="sha256:" + "0" * 64, target="local", params=params, native={})
        events.write("cancel", by="SIGINT")
        events.write("decided", step="a", item="0", state="cancelled", reason="fail-fast")
        events.write("run-end", state="cancelled", by="local")
    lines = events.path.read_text().splitlines()
    assert [faults(json.loads(line)) for line in lines] == [[]] * 4


BAD: list[tuple[str, dict[str, Any]]] = [
    ("start", {"v": 2}),
    ("start", {"run": "not-a-uuid"}),
    ("start", {"seq": -1}),
    ("start", {"time": 1.5}),
    ("start", {"attempt": None}),
    ("start", {"definition": "sha256:short"}),
    ("start", {"lineage": [["one"]]}),
    ("start", {"inputs": {"a": {"value": 1, "redacted": True}}}),
    ("output", {"value": 1, "digest": SHA, "kind": "file"}),
    ("output", {"name": None}),
    ("end", {"state": "done"}),
    ("end", {"reason": "because"}),
    ("end", {"exit_code": "0"}),
    ("decided", {"items": -1}),
    ("decided", {"step": None}),
    ("run", {"step": "extract"}),
    ("run", {"params": {"rows": 3}}),
    ("run-end", {"state": "skipped"}),
    ("run-end", {"by": "nobody"}),
    ("heartbeat", {"event": "heartbeet"}),
]


@pytest.mark.parametrize(("kind", "change"), BAD)
def test_it_refuses(log: Log, kind: str, change: dict[str, Any]) -> None:
    line = next(line for line in every_kind(log) if line["event"] == kind)
    assert not faults(line)
    assert faults({**line, **change})


@pytest.mark.parametrize("change", [change for _, change in BAD[:4]])
def test_the_store_takes_no_line_without_its_frame(log: Log, change: dict[str, Any]) -> None:
    line = every_kind(log)[1]
    taken = parse(json.dumps({**line, **change}))
    assert taken is None or change == {"run": "not-a-uuid"}


@pytest.mark.parametrize("line", ["", "{", "[]", "null", '"text"', "1", "[" * 100_000, '{"v":1}'])
def test_the_store_takes_no_other_line(line: str) -> None:
    assert parse(line) is None
