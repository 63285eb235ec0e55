"""Values that have no place in an event, put into each of its fields in turn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.records.conftest import Log

DEEP = "[" * 500 + "]" * 500
VALUES = (
    *('"\\ud800"', '"a\\u0000b"', '"\\udc00\\ud800"', "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 4000),
    *("9" * 400, "9" * 5000, "18446744073709551616", '"' + "x" * 5000 + '"', '"' + "é" * 1200 + '"', DEEP),
    *("null", "true", "-1", "0.5", '""', "[]", "{}", '[[["\\ud800"]]]', '{"\\u0000": "\\ud800"}', '[1, "a"]'),
    '"' + "y" * 2_000_000 + '"',
)
"""Each as it could stand in a line."""


def lines(log: Log) -> Iterator[str]:
    """Every value in every field of every kind of event; each line is one event of a writer of its own."""
    for number, (event, key) in enumerate((one, key) for one in kinds(log) for key in one):
        for again, value in enumerate(VALUES):
            told = {**event, "writer": f"w{number}.{again}", "seq": 0, key: "HERE"}
            yield json.dumps(told).replace('"HERE"', value, 1)


def kinds(log: Log) -> list[dict[str, Any]]:
    attempt = log.attempt("extract", None, 1)
    log.run(rows=3).start("extract", inputs={"a": {"value": 1}, "c": {"from": ["x.y"]}}, lineage=[["x.y", "extract"]])
    log.out("extract", "n", value=1).file("extract", "raw", "aaaa")
    for kind in ("metric", "param", "tag", "note"):
        log.say(kind, "extract", None, attempt, name="loss", value=0.5, at=3)
    log.say("note", "extract", name="log", value="/tmp/none").end("extract", dropped=3)
    log.listed("train", 3).decided("publish", "skipped", "condition-false", None)
    return log.say("heartbeat").say("cancel", by="someone").over("succeeded").lines
