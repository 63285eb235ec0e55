"""MLflow's own store, filled and asked: what to do on standard input, how long it took on standard output.

Runs in an environment that has MLflow: `python mlflow_store.py FILE RUNS`.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

BATCH = 1000


def numbers(count: int) -> Iterator[tuple[str, int, float]]:
    """Runs as the other side has them: the id, when, and a value that is its own."""
    for at in range(count):
        yield f"{at:032x}", 1_700_000_000_000 + 1000 * at, (at * 7919 % count) / count


def fill(place: str, count: int) -> None:
    """Written at once, past MLflow: how fast it takes runs in is asked for itself."""
    connection = sqlite3.connect(place)
    known = {row[1] for row in connection.execute("PRAGMA table_info(runs)")}
    names = ["run_uuid", "name", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri", "experiment_id"]
    names += ["user_id", "source_type", "source_name", "entry_point_name", "source_version"]
    assert known.issuperset(names)
    rest = ("u", "LOCAL", "", "", "")
    rows = [(run, run[-6:], "FINISHED", at, at + 500, "active", "", 0, *rest) for run, at, _ in numbers(count)]
    marks = ",".join("?" * len(names))
    connection.executemany(f"INSERT INTO runs ({','.join(names)}) VALUES ({marks})", rows)
    for run, at, value in numbers(count):
        params = [
            ("lr", str(round(value, 2))),
            ("depth", str(at // 1000 % 10)),
            ("model", "tree"),
            ("seed", str(at)),
            ("rows", "9"),
        ]
        connection.executemany(
            "INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", [(*each, run) for each in params]
        )
        for name, figure in (("auc", value), ("loss", 1 - value), ("time", value * 9)):
            row = (name, figure, at, 1, False, run)
            connection.execute(
                "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            connection.execute(
                "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, ?, ?)", row
            )
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def main(place: str, count: int) -> None:
    # by its name: where the types of this are looked at there is no MLflow
    entities: Any = import_module("mlflow.entities")
    made: Any = import_module("mlflow.store.tracking.sqlalchemy_store").SqlAlchemyStore
    store: Any = made(f"sqlite:///{place}", f"{place}-files")
    fill(place, count)
    logged: Any = store.create_run("0", "u", 0, [], "logged")
    at = iter(range(1 << 60))

    def search(where: str, order: str = "attributes.start_time DESC") -> Callable[[], int]:
        return lambda: len(store.search_runs(["0"], where, entities.ViewType.ACTIVE_ONLY, 20, [order]))

    def batch() -> int:
        metrics = [entities.Metric("loss", 0.5, 1, next(at)) for _ in range(BATCH)]
        store.log_batch(logged.info.run_id, metrics, [], [])
        return BATCH

    acts: dict[str, Callable[[], int]] = {
        "list": search(""),
        "param": search("params.lr = '0.25'"),
        "sort": search("", "metrics.auc DESC"),
        "both": search("metrics.auc > 0.25 and metrics.auc < 0.2505 and params.lr = '0.25'"),
        "ingest": batch,
    }
    print("ready", flush=True)
    for line in sys.stdin:
        begin = time.perf_counter()
        found = acts[line.strip()]()
        print(time.perf_counter() - begin, found, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
