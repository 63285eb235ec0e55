"""Whatever a log says: a line that cannot be kept costs itself, and the run is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeglot_records.show import normal, run_list
from pipeglot_records.show import run as showing
from pipeglot_records.show.columns import measured
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake.ingest import Ingested, ingest_folder
from pipeglot_records.store.verification import rebuild_store
from tests.records.conftest import RUN, Log
from tests.records.hostile import VALUES, lines
from tests.records.test_postgresql import place, server, shared

__all__ = ["place", "server", "shared"]


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue("store" if request.param == "sqlite" else "shared")
    return found


def taken(store: Store, definition: str, folder: Path, found: list[str]) -> Ingested:
    folder.mkdir()
    (folder / "hostile.jsonl").write_text("\n".join(found) + "\n", "utf-8")
    store.register(definition)
    return ingest_folder(store, folder)


def test_it_keeps_a_run_whatever_stands_in_a_field(any_store: Store, definition: str, log: Log, tmp_path: Path) -> None:
    found = list(lines(log))
    told = taken(any_store, definition, tmp_path / "logs", found)
    assert (told.events + told.torn, told.torn > 0) == (len(found), True)
    for entry in run_list.list_runs(any_store):
        run = entry["run"]
        json.dumps(showing.as_json(any_store, run), allow_nan=False).encode("utf-8")
        normal.text(any_store, run).encode("utf-8")
        assert "\x00" not in showing.text(any_store, run)
    rebuild_store(any_store)
    assert run_list.list_runs(any_store)


def test_it_keeps_what_stands_beside_bad_lines(any_store: Store, definition: str, tmp_path: Path) -> None:
    log = Log(definition)
    attempt = log.attempt("extract", None, 1)
    log.run().start("extract").say("metric", "extract", None, attempt, name="loss", value=0.5)
    for number in range(len(VALUES)):
        log.say("note", "extract", None, attempt, name="note", value=f"HERE{number}")
        log.say("param", "extract", None, attempt, name=f"p{number}", value=[f"HERE{number}"])
        log.say("metric", "extract", None, attempt, name=f"HERE{number}", value=1)
        log.say("metric", "extract", None, attempt, name=f"m{number}", value=f"HERE{number}")
    log.say("metric", "extract", None, attempt, name="loss", value=0.25).end("extract").over("succeeded")
    found = [json.dumps(line) for line in log.lines]
    for number, value in enumerate(VALUES):
        found = [line.replace(f'"HERE{number}"', value) for line in found]
    told = taken(any_store, definition, tmp_path / "logs", found)
    assert told.events + told.torn == len(log.lines)
    shown: Any = showing.as_json(any_store, RUN)
    (attempts,) = (step["attempts"] for step in shown["steps"] if step["step"] == "extract")
    assert attempts[0]["state"] == "succeeded"
    assert attempts[0]["metrics"]["loss"] == {"value": 0.25, "at": None, "points": 2, "low": 0.25, "high": 0.5}
    json.dumps(shown, allow_nan=False).encode("utf-8")
    said = [remark for remark in attempts[0]["remarks"] if remark["name"] == "pipeglot"]
    assert len(said) > len(VALUES), "what is not kept is told"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["0.5", '"NaN"'], {"value": "NaN", "low": 0.5, "high": 0.5}),
        (["0.5", "NaN"], {"value": "NaN", "low": 0.5, "high": 0.5}),
        (['"NaN"', "0.5"], {"value": 0.5, "low": 0.5, "high": 0.5}),
        (["0.5", '"Infinity"'], {"value": "Infinity", "low": 0.5, "high": "Infinity"}),
        (["0.5", '"-Infinity"'], {"value": "-Infinity", "low": "-Infinity", "high": 0.5}),
    ],
)
def test_it_shows_that_a_run_diverged(
    any_store: Store, definition: str, tmp_path: Path, words: list[str], told: dict[str, Any]
) -> None:
    log = Log(definition)
    attempt = log.attempt("extract", None, 1)
    log.run().start("extract")
    for number in range(len(words)):
        log.say("metric", "extract", None, attempt, name="loss", value=f"HERE{number}")
    log.end("extract").over("succeeded")
    found = [json.dumps(line) for line in log.lines]
    for number, word in enumerate(words):
        found = [line.replace(f'"HERE{number}"', word) for line in found]
    taken(any_store, definition, tmp_path / "logs", found)
    shown: Any = showing.as_json(any_store, RUN)
    (metric,) = (step["attempts"][0]["metrics"]["loss"] for step in shown["steps"] if step["step"] == "extract")
    assert metric == {"at": None, "points": 2, **told}
    assert f"loss  {told['value']}  2 points" in showing.text(any_store, RUN)


def test_it_shows_what_is_missing_and_every_note(any_store: Store, definition: str, tmp_path: Path) -> None:
    log = Log(definition)
    attempt = log.attempt("extract", None, 1)
    log.run().start("extract")
    for number in range(60):
        log.say("note", "extract", None, attempt, name="note", value=f"word {number}")
    log.say("note", "extract", None, attempt, name="pipeglot", value="3 lines of metrics.txt say nothing")
    log.end("extract", dropped=7).listed("train", 1).start("train", 0).end("train", 0, dropped=1).over("succeeded")
    log.into(any_store, tmp_path / "logs")
    text = showing.text(any_store, RUN)
    assert "7 events not recorded: the disk was full" in text
    assert "1 event not recorded: the disk was full" in text
    assert "pipeglot: 3 lines of metrics.txt say nothing" in text
    assert text.count("note: word ") == 48
    assert "… and 12 more notes, all with --format json" in text
    assert max(measured(line) for line in text.splitlines()) <= 80
    shown: Any = showing.as_json(any_store, RUN)
    (found,) = (step["attempts"][0] for step in shown["steps"] if step["step"] == "extract")
    notes = [remark["value"] for remark in found["remarks"] if remark["name"] == "note"]
    assert (notes, found["dropped"]) == ([f"word {number}" for number in range(60)], 7)


def test_it_says_of_which_items_something_is_missing(store: Store, definition: str, tmp_path: Path) -> None:
    log = Log(definition).run(regions=["x"] * 9).extract().listed("train", 9)
    for item in range(9):
        log.start("train", item).end("train", item, dropped=item // 8)
    log.over("succeeded").into(store, tmp_path / "logs")
    assert "[8] 1 event not recorded: the disk was full" in showing.text(store, RUN)


def test_it_keeps_many_names_and_shows_some(store: Store, definition: str, tmp_path: Path) -> None:
    log = Log(definition).run().start("extract")
    for number in range(10_000):
        log.say("metric", "extract", None, log.attempt("extract", None, 1), name=f"m{number:05}", value=number)
    log.end("extract").over("succeeded").into(store, tmp_path / "logs")
    shown: Any = showing.as_json(store, RUN)
    assert len(shown["steps"][0]["attempts"][0]["metrics"]) == 10_000
    assert "… and 9960 more metrics, all with --format json" in showing.text(store, RUN)
