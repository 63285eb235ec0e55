"""Questions to 100,000 runs, beside MLflow's own store with the same; ingest beside its `log_batch`; cold commands.

By hand: `python FILE [RUNS]`. MLflow is that of the environment that the tests of `tests/engines/capture` make; without
it the figures of the store stand alone. All rounds are interleaved: what disturbs the one disturbs the other.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.bench.bench_store import lines_of  # noqa: E402
from tests.engines.environment import CannotInstall, interpreter  # noqa: E402

from pipeglot_records.model.events import parse  # noqa: E402  (a benchmark runs as a script)
from pipeglot_records.queries import asking  # noqa: E402
from pipeglot_records.show import run_list  # noqa: E402
from pipeglot_records.store.database import Store, open_store  # noqa: E402
from pipeglot_records.store.intake.ingest import ingest_folder  # noqa: E402
from pipeglot_records.store.projections import record  # noqa: E402

ROUNDS = 9
BATCH = 5000
OF_FILES = 20
"""Runs whose files are taken in, in each round of that."""
PEER = Path(__file__).parent / "peers/mlflow_store.py"
USUAL = ("run", "pipeline", "state", "started", "duration", "target", "ended", "profile")
QUESTIONS = {
    "list": ("the 20 newest", asking.Asking(limit=20), 20.0),
    "param": ("filter by a param", asking.Asking(where="params.lr == 0.25", limit=20), 20.0),
    "sort": ("sort by a metric", asking.Asking(sort="metrics.train.auc", desc=True, limit=20), 20.0),
    "both": (
        "a metric and a param",
        asking.Asking(where="metrics.train.auc > 0.25 and metrics.train.auc < 0.2505 and params.lr == 0.25", limit=20),
        4.0,
    ),
}
PIPELINE = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: cold}
steps:
  one: {run: 'echo 3 > ${{ outputs.n }}', outputs: {n: {type: int}}}
  two: {run: 'echo ${{ steps.one.outputs.n }}'}
"""


def events_of(count: int) -> Iterator[str]:
    """Runs of one step that was given a few params and told a few metrics."""
    for at in range(count):
        run, begin, value = f"{at:032x}", (1_700_000_000_000 + 1000 * at) * 10**6, (at * 7919 % count) / count
        params = {"lr": round(value, 2), "depth": at // 1000 % 10, "model": "tree", "seed": at, "rows": 9}
        frame = {"v": 1, "run": run, "item": None, "step": None, "attempt": None, "writer": "run.local"}
        given = {name: {"value": each} for name, each in params.items()}
        head = {"event": "run", "pipeline": "p", "definition": "d", "target": "local", "params": given, "native": {}}
        yield json.dumps({**frame, **head, "seq": 0, "time": begin})
        attempt = {**frame, "step": "train", "attempt": f"a{run}", "writer": f"a{run}"}
        start: dict[str, Any] = {
            "event": "start",
            "number": 1,
            "engine": "local",
            "definition": "d",
            "inputs": {},
            "native": {},
        }
        yield json.dumps({**attempt, **start, "seq": 0, "time": begin + 1})
        for number, (name, figure) in enumerate({"auc": value, "loss": 1 - value, "time": value * 9}.items(), 1):
            metric = {"event": "metric", "name": name, "value": figure, "at": 1}
            yield json.dumps({**attempt, **metric, "seq": number, "time": begin + 1 + number})
        end = {"event": "end", "state": "succeeded", "reason": None, "exit_code": 0}
        yield json.dumps({**attempt, **end, "seq": 4, "time": begin + 9})
        over = {"event": "run-end", "state": "succeeded", "by": "local"}
        yield json.dumps({**frame, **over, "seq": 1, "time": begin + 10})


def fill(store: Store, count: int) -> float:
    """Events a second."""
    began, batch, total = time.perf_counter(), list[str](), 0
    for line in events_of(count):
        batch.append(line)
        if len(batch) == BATCH:
            total, batch = total + _take(store, batch), []
    total += _take(store, batch)
    return total / (time.perf_counter() - began)


def _take(store: Store, lines: list[str]) -> int:
    found = [event for event in map(parse, lines) if event is not None]
    with store.writing() as connection:
        return len(record(connection, found))


class Peer:
    def __init__(self, python: str, place: Path, count: int) -> None:
        command = [python, str(PEER), str(place), str(count)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._line() == "ready\n"

    def __call__(self, name: str) -> tuple[float, int]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        seconds, found = self._line().split()
        return float(seconds), int(found)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def close(self) -> None:
        self._process.communicate(timeout=60)


def ask(store: Store, question: asking.Asking) -> int:
    return len(run_list.asked(store, *asking.read(question, USUAL)))


def taken(store: Store, place: Path) -> int:
    return ingest_folder(store, place).events


def timed(act: Callable[[], int]) -> tuple[float, int]:
    begin = time.perf_counter()
    found = act()
    return time.perf_counter() - begin, found


def questions(store: Store, peer: Peer | None) -> None:
    for name, (what, question, goal) in QUESTIONS.items():
        ours, theirs, found = list[float](), list[float](), set[int]()
        for _ in range(ROUNDS):
            seconds, count = timed(partial(ask, store, question))
            ours.append(seconds)
            found.add(count)
            if peer:
                seconds, count = peer(name)
                theirs.append(seconds)
                found.add(count)
        assert len(found) == 1, "both find the same"
        mine = statistics.median(ours)
        line = f"{what:24} {1000 * mine:8.1f} ms"
        if theirs:
            other = statistics.median(theirs)
            line += f"   MLflow {1000 * other:8.1f} ms   {other / mine:6.1f} times as fast, the goal is {goal:.0f}"
        print(line, flush=True)


def ingest(folder: Path, peer: Peer | None) -> None:
    ours, theirs = list[float](), list[float]()
    for number in range(ROUNDS):
        place = folder / f"logs{number}"
        lines = 0
        for _ in range(OF_FILES):
            run = str(uuid.uuid4())
            found = list(lines_of(run, 10**9))
            (place / run).mkdir(parents=True)
            (place / run / "all.jsonl").write_text("\n".join(found) + "\n")
            lines += len(found)
        with open_store(str(folder / f"files{number}.db"), {}) as store:
            seconds, _ = timed(partial(taken, store, place))
        ours.append(lines / seconds)
        if peer:
            seconds, count = peer("ingest")
            theirs.append(count / seconds)
    mine = statistics.median(ours)
    line = f"ingest from files        {mine:8,.0f} events/s"
    if theirs:
        other = statistics.median(theirs)
        line += f"   MLflow's log_batch {other:,.0f} metrics/s   {mine / other:6.1f} times as fast, the goal is 15"
    print(line, flush=True)


def cold(folder: Path) -> None:
    """Processor time of commands that start, read and leave."""
    (folder / "pipeline.yaml").write_text(PIPELINE, "utf-8")
    environ = {**os.environ, "NO_COLOR": "1"}
    _command(folder, environ, "run")
    found: dict[str, list[float]] = {"validate": [], "runs": [], "show": []}
    for _ in range(ROUNDS):
        for name, times in found.items():
            times.append(_command(folder, environ, name))
    base = statistics.median(found["validate"])
    for name, times in found.items():
        mine = statistics.median(times)
        print(
            f"`pipeglot {name}` cold {1000 * mine:8.0f} ms of processor   {mine / base:.2f} x validate, the goal is 2"
        )


def _command(folder: Path, environ: Mapping[str, str], *arguments: str) -> float:
    command = [sys.executable, "-m", "pipeglot", *arguments]
    process = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def main(count: int) -> None:
    try:
        python: str | None = str(interpreter("capture"))
    except CannotInstall as fault:
        python = None
        print(f"MLflow cannot be installed here: {str(fault).splitlines()[-1]}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cold(folder)
        peer = Peer(python, folder / "mlflow.db", count) if python else None
        ingest(folder, peer)
        with open_store(str(folder / "ours.db"), {}) as store:
            print(f"{count:,} runs taken in    {fill(store, count):8,.0f} events/s", flush=True)
            questions(store, peer)
        if peer:
            peer.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
