"""Events per second into the store, against bare sqlite3 given the same rows. By hand: `python FILE`."""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeglot_records.model.events import Event, parse
from pipeglot_records.store.database import open_store
from pipeglot_records.store.intake.ingest import ingest_folder

RUNS, STEPS, POINTS = 100, 10, 20
ROUNDS = 5
DIGEST = {"sha256": "0f" * 32}


def lines_of(run: str, begin: int) -> Iterator[str]:
    """A run as the sidecars leave it: for each step a start, points, a value, an artifact, an end."""
    frame = {"v": 1, "run": run, "item": None, "writer": "run", "attempt": None, "step": None}
    yield json.dumps(
        {**frame, "event": "run", "seq": 0, "time": begin, "pipeline": "p", "definition": "d", "params": {}}
    )
    for number in range(STEPS):
        attempt = str(uuid.uuid5(uuid.UUID(run), str(number)))
        frame = {"v": 1, "run": run, "item": None, "writer": attempt, "attempt": attempt, "step": f"step{number}"}
        start: dict[str, object] = {
            "number": 1,
            "engine": "local",
            "native": {},
            "host": "h",
            "argv": ["python3"],
            "inputs": {},
        }
        fields: list[dict[str, object]] = [
            {"event": "start", "definition": "d", "lineage": [], **start},
            *({"event": "metric", "name": "loss", "value": 1 / (at + 1), "at": at} for at in range(POINTS)),
            {"event": "output", "name": "n", "value": number},
            {"event": "output", "name": "f", "kind": "file", "digest": DIGEST, "size": 1, "files": 1},
            {"event": "end", "state": "succeeded", "reason": None, "exit_code": 0},
        ]
        for seq, field in enumerate(fields):
            yield json.dumps({**frame, **field, "seq": seq, "time": begin + seq})
    frame = {"v": 1, "run": run, "item": None, "writer": "run", "attempt": None, "step": None}
    yield json.dumps({**frame, "event": "run-end", "seq": 1, "time": begin + 99, "state": "succeeded", "by": "local"})


def written(folder: Path) -> list[str]:
    lines: list[str] = []
    for number in range(RUNS):
        run = str(uuid.uuid4())
        found = list(lines_of(run, (number + 1) * 10**9))
        place = folder / run
        place.mkdir(parents=True)
        (place / "all.jsonl").write_text("\n".join(found) + "\n")
        lines += found
    return lines


def floor(place: Path, events: list[Event]) -> None:
    """The journal's rows alone, as fast as this machine's SQLite takes them."""
    connection = sqlite3.connect(place, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(
        "CREATE TABLE events (run, writer, seq, kind, attempt, shape, body, PRIMARY KEY (run, writer, seq))"
        " WITHOUT ROWID"
    )
    rows = [(one.run, one.writer, one.seq, one.kind, one.attempt, 1, one.text) for one in events]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
    connection.close()


def ingest(place: Path, folder: Path) -> None:
    with open_store(str(place), {}) as store:
        ingest_folder(store, folder)


def least(act: Callable[[int], None]) -> float:
    """Seconds of the quickest round: what the machine does when nothing disturbs it."""
    found: list[float] = []
    for number in range(ROUNDS):
        begin = time.perf_counter()
        act(number)
        found.append(time.perf_counter() - begin)
    return min(found)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = written(folder / "logs")
        events = [event for event in map(parse, lines) if event is not None]
        bare = least(lambda number: floor(folder / f"floor{number}.db", events))
        ours = least(lambda number: ingest(folder / f"ours{number}.db", folder / "logs"))
        again = least(lambda number: ingest(folder / "ours0.db", folder / "logs"))
    count = len(events)
    print(f"{count} events of {RUNS} runs")
    print(f"bare sqlite3 {count / bare:>10,.0f} events/s")
    print(f"the store    {count / ours:>10,.0f} events/s, {ours / bare:.1f} times the floor")
    print(f"said again   {count / again:>10,.0f} events/s, {again / bare:.1f} times the floor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
