"""Events per second into a server over HTTP, and what sending them costs a step. By hand: `python FILE`."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.bench.bench_store import lines_of  # noqa: E402  (a benchmark runs as a script)
from tests.sidecar.stage import Stage, argv  # noqa: E402

RUNS = 40
ROUNDS = 3
CLIENTS = (1, 4)
SIZES = {"20 events": 20, "a run, 242 events,": 242, "2,420 events": 2420}
"""How many a request brings."""
STEPS = 20
REFUSING = 9
TICKS = os.sysconf("SC_CLK_TCK")
HEADERS = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}


@contextmanager
def hanging() -> Generator[int]:
    """A port that is connected to, and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(4 * STEPS)
        yield listener.getsockname()[1]


@contextmanager
def serving(records: Path) -> Generator[tuple[int, int]]:
    command = [sys.executable, "-m", "pipeglot", "serve", "--no-auth", "--port", "0", "--records", str(records)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline().partition(",")[0].rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.communicate(timeout=20)


def bodies(each: int) -> list[tuple[int, bytes]]:
    """Requests, packed before the clock runs, and how many events each has."""
    lines = [line for number in range(RUNS) for line in lines_of(str(uuid.uuid4()), (number + 1) * 10**9)]
    some = [lines[at : at + each] for at in range(0, len(lines), each)]
    return [(len(mine), gzip.compress("\n".join([*mine, ""]).encode(), 5)) for mine in some]


def send(port: int, mine: Sequence[tuple[int, bytes]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for count, body in mine:
        connection.request("POST", "/api/v1/events", body, HEADERS)
        assert json.loads(connection.getresponse().read()) == {"new": count, "known": 0, "refused": []}
    connection.close()


def spent(pid: int) -> float:
    """Seconds of a processor that the server has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rates(port: int, pid: int, each: int, clients: int) -> tuple[float, float]:
    """Events a second by the clock, and a second of the server's processor, which no neighbour slows."""
    sent = bodies(each)
    threads = [threading.Thread(target=send, args=(port, sent[number::clients])) for number in range(clients)]
    begin, before = time.perf_counter(), spent(pid)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = sum(found for found, _ in sent)
    return count / (time.perf_counter() - begin), count / (spent(pid) - before)


def added(port: int) -> tuple[float, float]:
    """Milliseconds of the clock, and of the processor, that a sink adds to a step that does nothing: medians."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), sys.executable)
        stage.own_sidecar()
        plain = stage.step(argv("true")).environment(None, {})
        sending = {**plain, "PIPEGLOT_SINK": f"http://127.0.0.1:{port}"}
        pairs = [(step(stage, plain), step(stage, sending)) for _ in range(STEPS)]
        clock, processor = (statistics.median(two[at] - one[at] for one, two in pairs) for at in (0, 1))
        return clock, processor


def step(stage: Stage, env: Mapping[str, str]) -> tuple[float, float]:
    begin = time.perf_counter()
    process = subprocess.Popen([stage.interpreter, str(stage.sidecar), "run", "s"], env=env, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return 1000 * (time.perf_counter() - begin), 1000 * (usage.ru_utime + usage.ru_stime)


def main() -> int:
    with tempfile.TemporaryDirectory() as name, serving(Path(name, "records.db")) as (port, pid), hanging() as silent:
        for what, where in (("refuses", REFUSING), ("never answers", silent), ("takes it", port)):
            clock, processor = added(where)
            print(
                f"a step whose server {what}: {clock:.0f} ms and {processor:.0f} of processor more, median of {STEPS}"
            )
        for what, each in SIZES.items():
            for clients in CLIENTS:
                found = [rates(port, pid, each, clients) for _ in range(ROUNDS)]
                wall, processor = (max(some) for some in zip(*found, strict=True))
                print(f"{what} a request, {clients} at a time: {wall:,.0f} events/s, {processor:,.0f} a CPU second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
