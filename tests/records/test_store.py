"""The store: one place, one writer, one truth."""

from __future__ import annotations

import random
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sql
from sqlalchemy import event

from pipeglot_records.faults import RecordsFault, RunUnknown
from pipeglot_records.store import tables
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.projections import record
from pipeglot_records.store.verification import rebuild_store, verify
from tests.records.conftest import OTHER, RUN, Log, contents, eventful, take

RACE = """
import multiprocessing, sys
from pipeglot_records.store.database import open_store

def begin(line, place):
    line.wait()
    with open_store(place, {}) as store:
        store.register('{"pipeline":"p"}')

forked = multiprocessing.get_context("fork")
for number in range(3):
    line, place = forked.Barrier(8), f"{sys.argv[1]}/{number}.db"
    racers = [forked.Process(target=begin, args=(line, place)) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    print([racer.exitcode for racer in racers])
"""


class TestPlace:
    def test_it_is_beside_the_project_by_default(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        open_store(None, {}).close()
        assert (tmp_path / ".pipeglot" / "records.db").is_file()

    def test_it_is_where_the_environment_says(self, tmp_path: Path) -> None:
        open_store(None, {"PIPEGLOT_RECORDS": str(tmp_path / "there.db")}).close()
        assert (tmp_path / "there.db").is_file()

    def test_it_is_where_the_option_says_before_all(self, tmp_path: Path) -> None:
        place = f"sqlite:///{tmp_path / 'here.db'}"
        open_store(place, {"PIPEGLOT_RECORDS": str(tmp_path / "there.db")}).close()
        assert [path.name for path in tmp_path.glob("*.db")] == ["here.db"]

    @pytest.mark.parametrize(
        ("place", "complaint"),
        [
            ("mysql://somewhere/records", "not `mysql`"),
            ("nonsense://", "not `nonsense`"),
            ("://", "cannot be read after"),
        ],
    )
    def test_it_refuses_other_places(self, place: str, complaint: str) -> None:
        with pytest.raises(RecordsFault, match=complaint):
            open_store(place, {})

    def test_it_complains_in_one_line_about_what_is_no_store(self, tmp_path: Path) -> None:
        (tmp_path / "text.db").write_text("this is no database, but it is long enough to look like one" * 20)
        with pytest.raises(RecordsFault) as caught:
            open_store(str(tmp_path / "text.db"), {})
        assert "cannot be used: file is not a database" in caught.value.diagnostics[0].message

    def test_it_complains_about_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(RecordsFault, match="cannot make the folder"):
            open_store(str(tmp_path / "file" / "records.db"), {})

    def test_it_never_prints_a_password(self) -> None:
        with pytest.raises(RecordsFault) as caught:
            open_store("postgresql+psycopg://me:secret@127.0.0.1:1/none", {})
        assert "secret" not in str(caught.value)


class TestSchema:
    def test_it_is_made_once_by_eight_processes_at_once(self, tmp_path: Path) -> None:
        racers = subprocess.run([sys.executable, "-c", RACE, str(tmp_path)], stdout=subprocess.PIPE, check=True)
        assert racers.stdout.splitlines() == [b"[0, 0, 0, 0, 0, 0, 0, 0]"] * 3
        with open_store(str(tmp_path / "0.db"), {}) as store, store.reading() as connection:
            assert connection.scalar(sql.select(sql.func.count()).select_from(tables.definitions)) == 1
            assert connection.scalar(sql.select(sql.func.count()).select_from(tables.store_meta)) == 1

    def test_it_settles_what_a_journal_needs(self, store: Store) -> None:
        with store.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1

    def test_it_refuses_what_a_newer_version_wrote(self, tmp_path: Path) -> None:
        with open_store(str(tmp_path / "records.db"), {}) as store, store.writing() as connection:
            connection.execute(tables.store_meta.update().values(value="99"))
        with pytest.raises(RecordsFault, match="newer pipeglot") as caught:
            open_store(str(tmp_path / "records.db"), {})
        assert caught.value.diagnostics[0].hint == (
            "use the pipeglot that wrote it, or a later one; no store is made older"
        )

    def test_it_makes_an_older_store_anew_from_its_journal(
        self, tmp_path: Path, definition: str, expected: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with open_store(str(tmp_path / "records.db"), {}) as store:
            store.register(definition)
            take(store, eventful(definition))
            with store.writing() as connection:
                connection.execute(tables.steps.update().values(state="wrong"))
        monkeypatch.setattr(tables, "SCHEMA", tables.SCHEMA + 1)
        with open_store(str(tmp_path / "records.db"), {}) as store:
            assert contents(store) == expected


class TestProjections:
    def test_it_is_the_same_however_often_the_log_is_read(
        self, store: Store, definition: str, expected: object
    ) -> None:
        store.register(definition)
        take(store, eventful(definition), eventful(definition), eventful(definition))
        assert contents(store) == expected

    @pytest.mark.parametrize("seed", range(8))
    def test_it_is_the_same_in_any_order_and_any_batches(
        self, store: Store, definition: str, expected: object, seed: int
    ) -> None:
        chance = random.Random(seed)
        events = eventful(definition)
        chance.shuffle(events)
        size = chance.choice([1, 3, 10, 40])
        if seed % 2:
            store.register(definition)
        take(store, *(events[start : start + size] for start in range(0, len(events), size)))
        store.register(definition)
        assert contents(store) == expected

    def test_it_is_the_same_after_a_rebuild(self, store: Store, definition: str, expected: object) -> None:
        store.register(definition)
        take(store, eventful(definition))
        with store.writing() as connection:
            connection.execute(tables.runs.update().values(state="wrong"))
            connection.execute(tables.latest.delete())
        assert rebuild_store(store) == len(eventful(definition))
        assert contents(store) == expected

    def test_it_counts_only_what_is_new(self, store: Store, log: Log) -> None:
        events = log.whole().events()
        with store.writing() as connection:
            assert len(record(connection, [*events[:5], *events[:5]])) == 5
        with store.writing() as connection:
            assert len(record(connection, events)) == len(events) - 5

    def test_many_runs_are_asked_for_together(self, store: Store, definition: str) -> None:
        asked: list[str] = []

        def heard(_: object, __: object, statement: str, *___: object) -> None:
            asked.append(statement)

        event.listen(store.engine, "before_cursor_execute", heard)

        def statements(count: int) -> int:
            logs = [Log(definition, str(uuid.uuid4())).whole() for _ in range(count)]
            asked.clear()
            with store.writing() as connection:
                record(connection, [found for log in logs for found in log.events()])
            return len(asked)

        assert statements(1) == statements(9)

    def test_an_attempt_that_two_runs_name_is_of_the_later_one(self, store: Store, definition: str) -> None:
        logs = [Log(definition, run).run().start("extract") for run in (RUN, OTHER)]
        for log in logs:
            log.lines[-1]["attempt"] = logs[0].attempt("extract", None, 1)
        with store.writing() as connection:
            record(connection, [found for log in logs for found in log.events()])
            assert connection.scalars(sql.select(tables.attempts.c.run)).all() == [OTHER]
            assert len(connection.scalars(sql.select(tables.runs.c.run)).all()) == 2

    def test_it_writes_all_or_nothing(self, store: Store, log: Log) -> None:
        def broken() -> None:
            with store.writing() as connection:
                record(connection, log.whole().events())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            broken()
        with pytest.raises(RunUnknown):
            store.find_run()


class TestVerify:
    def test_it_finds_the_events_that_never_arrived(self, store: Store, log: Log) -> None:
        events = log.whole().events()
        kept = [event for event in events if (event.writer, event.seq) not in {("run.local", 0), ("train.None", 0)}]
        take(store, kept)
        (gap,) = [gap for gap in verify(store) if gap.writer == "run.local"]
        assert (gap.run, gap.missing) == (RUN, 1)
        take(store, events)
        assert verify(store) == ()


class TestFinding:
    def test_it_takes_the_newest_without_a_name(self, store: Store, definition: str) -> None:
        take(store, eventful(definition))
        assert store.find_run() == OTHER
        assert store.find_run("last") == OTHER

    def test_it_takes_the_beginning_of_an_id(self, store: Store, definition: str) -> None:
        take(store, eventful(definition))
        assert store.find_run("0190C3F2-7") == RUN
        assert store.find_run(OTHER) == OTHER

    def test_it_asks_for_more_where_two_begin_so(self, store: Store, definition: str) -> None:
        take(store, eventful(definition))
        with pytest.raises(RunUnknown, match=f"`0190` is the beginning of more than one run: `{OTHER}`, `{RUN}`"):
            store.find_run("0190")

    @pytest.mark.parametrize("name", ["f", "%", "_190"])
    def test_it_says_that_there_is_none(self, store: Store, definition: str, name: str) -> None:
        take(store, eventful(definition))
        with pytest.raises(RunUnknown, match=f"there is no run `{name}` in the store"):
            store.find_run(name)

    def test_it_says_that_the_store_is_empty(self, store: Store) -> None:
        with pytest.raises(RunUnknown, match="there is no run in the store"):
            store.find_run()
