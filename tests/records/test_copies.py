"""`pipeglot records`: runs as a file and back, tables beside their journal."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import sqlalchemy as sql

from pipeglot_records.store import tables
from pipeglot_records.store.database import Store, open_store
from tests.records.conftest import OTHER, RUN, Log
from tests.records.server.conftest import command


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    kept = (*tables.PROJECTED, tables.events, tables.definitions)
    with store.reading() as connection:
        return {each.name: sorted(map(tuple, connection.execute(sql.select(each))), key=str) for each in kept}


@pytest.fixture
def place(tmp_path: Path, definition: str) -> str:
    """A store with two runs of one pipeline."""
    import json

    from pipeglot_records.model.events import parse
    from pipeglot_records.store.projections import record

    place = str(tmp_path / "records.db")
    with open_store(place, {}) as store:
        store.register(definition)
        for run in (RUN, OTHER):
            log = Log(definition, run).say("run", pipeline="churn", definition="x", target="local", params={})
            log.say("start", "extract", attempt=f"{run}.a", number=1).say(
                "metric", "extract", attempt=f"{run}.a", name="m", value=1.5
            )
            log.say("end", "extract", attempt=f"{run}.a", state="succeeded", exit_code=0).say(
                "run-end", state="succeeded"
            )
            with store.writing() as connection:
                record(connection, [event for line in log.lines if (event := parse(json.dumps(line)))])
    return place


def test_what_is_exported_comes_back_the_same(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, other = tmp_path / "first.jsonl.gz", str(tmp_path / "other.db")
    assert command(capsys, "records", "export", "-o", str(first), "--records", place)[0] == 0
    code, said, _ = command(capsys, "records", "import", str(first), "--records", other)
    assert (code, said) == (0, "10 events are new, 0 were known; 1 definitions\n")
    with open_store(place, {}) as one, open_store(other, {}) as two:
        assert rows(one) == rows(two)
    again = tmp_path / "again.jsonl.gz"
    assert command(capsys, "records", "export", "-o", str(again), "--records", other)[0] == 0
    assert again.read_bytes() == first.read_bytes()
    assert "0 events are new, 10 were known" in command(capsys, "records", "import", str(first), "--records", place)[1]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_one_run_is_exported_alone(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = command(capsys, "records", "export", OTHER, "--records", place)
    assert (code, OTHER in said, RUN in said) == (0, True, False)


@pytest.mark.parametrize("spoil", ["cut", "foreign", "headless"])
def test_a_file_that_is_not_whole_is_not_taken_in(
    spoil: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text, _ = command(capsys, "records", "export", "--records", place)
    lines = text.splitlines(keepends=True)
    spoiled = {"cut": text[:-40], "foreign": "".join([*lines, "{}\n"]), "headless": "".join(lines[1:])}[spoil]
    (tmp_path / "spoiled.jsonl").write_text(spoiled, "utf-8")
    other = str(tmp_path / "other.db")
    code, _, why = command(capsys, "records", "import", str(tmp_path / "spoiled.jsonl"), "--records", other)
    assert (code, "PG541" in why) == (4, True)
    with open_store(other, {}) as store:
        assert not any(rows(store).values())


def test_tables_that_somebody_changed_are_found_and_mended(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(capsys, "records", "verify", "--records", place)[0] == 0
    with open_store(place, {}) as store, store.writing() as connection:
        connection.execute(tables.metrics.delete().where(tables.metrics.c.run == RUN))
        connection.execute(tables.runs.update().values(pipeline="other"))
    code, said, _ = command(capsys, "records", "verify", "--records", place)
    assert (code, said.splitlines()) == (
        1,
        [
            "table runs: 2 rows are missing and 2 are surplus; `pipeglot records rebuild` makes it anew",
            "table metrics: 1 rows are missing and 0 are surplus; `pipeglot records rebuild` makes it anew",
        ],
    )
    assert command(capsys, "records", "rebuild", "--records", place)[1] == "the tables are made anew, of 10 events\n"
    assert command(capsys, "records", "verify", "--records", place)[0] == 0


def test_an_event_that_never_arrived_is_told(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(place, {}) as store, store.writing() as connection:
        gone = tables.events.delete().where(tables.events.c.run == RUN, tables.events.c.kind == "metric")
        connection.execute(gone)
    code, said, _ = command(capsys, "records", "verify", "--records", place)
    assert (code, said.splitlines()[0]) == (1, f"run {RUN}: 1 events of {RUN}.a never arrived")


def test_a_packed_export_is_gzip(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "x.gz"
    command(capsys, "records", "export", "-o", str(packed), "--records", place)
    assert gzip.decompress(packed.read_bytes()).decode() == command(capsys, "records", "export", "--records", place)[1]


def test_runs_tell_what_they_take_in_a_form_to_be_read(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / ".pipeglot" / "runs" / RUN
    kept.mkdir(parents=True)
    (kept / "data").write_bytes(b"x" * 2500)
    _, said, _ = command(capsys, "runs", "--disk", "--records", place)
    assert [line.split()[-2:] for line in said.splitlines()[1:]] == [["0", "B"], ["2.5", "kB"]]
    assert "2027-01-15 08:00:01" in said
