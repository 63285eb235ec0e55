"""Logs into the store: while they grow, torn, twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot_records.faults import RecordsFault
from pipeglot_records.store.database import Store
from pipeglot_records.store.intake import ingest
from pipeglot_records.store.intake.ingest import Tail, ingest_folder
from pipeglot_records.store.runs import load
from tests.records.conftest import RUN, Log


def test_it_reads_a_folder_of_runs(store: Store, log: Log, tmp_path: Path) -> None:
    taken = ingest_folder(store, log.whole().write(tmp_path / "logs"))
    assert (taken.events, taken.new, taken.torn, taken.runs) == (len(log.lines), len(log.lines), 0, (RUN,))
    assert taken.files == len({line["writer"] for line in log.lines})


def test_it_takes_nothing_twice(store: Store, log: Log, tmp_path: Path) -> None:
    folder = log.whole().write(tmp_path / "logs")
    ingest_folder(store, folder)
    taken = ingest_folder(store, folder)
    assert (taken.events, taken.new) == (len(log.lines), 0)


def test_it_reads_one_file(store: Store, log: Log, tmp_path: Path) -> None:
    folder = log.whole().write(tmp_path / "logs")
    assert ingest_folder(store, folder / RUN / "run.local.jsonl").events == 2


def test_it_counts_torn_lines_and_goes_on(store: Store, log: Log, tmp_path: Path) -> None:
    file = log.whole().write(tmp_path / "logs") / RUN / "run.local.jsonl"
    text = file.read_bytes().splitlines()
    file.write_bytes(text[0][:40] + b"\n" + text[0] + b"\n\xff\xfe\n\n" + text[1])
    taken = ingest_folder(store, file)
    assert (taken.events, taken.torn) == (2, 2)


def test_it_counts_a_last_line_that_was_cut(store: Store, log: Log, tmp_path: Path) -> None:
    file = log.whole().write(tmp_path / "logs") / RUN / "run.local.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    taken = ingest_folder(store, file)
    assert (taken.events, taken.torn) == (1, 1)


def test_it_waits_for_the_end_of_a_line_while_a_log_grows(store: Store, log: Log, tmp_path: Path) -> None:
    file = log.whole().write(tmp_path / "logs") / RUN / "run.local.jsonl"
    first, second = file.read_bytes().splitlines(keepends=True)
    tail = Tail(store, tmp_path / "logs" / RUN / "run.local.jsonl")
    file.write_bytes(first[:30])
    assert tail.poll().events == 0
    file.write_bytes(first + second[:-1])
    assert (tail.poll().events, tail.poll().events) == (1, 0)
    assert tail.poll(last=True).events == 1


def test_it_follows_files_that_appear_later(store: Store, log: Log, tmp_path: Path) -> None:
    tail = Tail(store, tmp_path / "logs")
    assert tail.poll().files == 0
    log.run().extract().write(tmp_path / "logs")
    assert tail.poll().new == len(log.lines)
    assert load(store, RUN).steps["extract"].state == "succeeded"


def test_it_looks_for_a_line_again_when_it_could_not_be_written(store: Store, log: Log, tmp_path: Path) -> None:
    tail = Tail(store, log.whole().write(tmp_path / "logs"))
    with store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE attempts RENAME TO away")
    with pytest.raises(RecordsFault, match="no such table: attempts"):
        tail.poll()
    with store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO attempts")
    assert tail.poll().new == len(log.lines)


def test_it_says_that_there_is_no_such_folder(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RecordsFault, match="there is no file or folder"):
        ingest_folder(store, tmp_path / "nowhere")


def test_it_puts_a_large_log_in_by_parts(
    store: Store, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 100)
    log.run().start("extract")
    attempt = log.attempt("extract", None, 1)
    for point in range(1_000):
        log.say("metric", "extract", None, attempt, name="loss", value=float(point), at=point)
    folder = tmp_path / "logs" / RUN
    folder.mkdir(parents=True)
    (folder / "all.jsonl").write_text("\n".join(event.text for event in log.events()))
    assert ingest_folder(store, folder).new == 1_002
