"""Events per second into a server over HTTP, each answered once it is on disk. By hand: `python FILE`."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.bench.bench_store import lines_of  # noqa: E402  (a benchmark runs as a script)

RUNS = 40
ROUNDS = 3
CLIENTS = (1, 4)
SIZES = {"20 events": 20, "a run, 242 events,": 242, "2,420 events": 2420}
"""How many a request brings."""
TICKS = os.sysconf("SC_CLK_TCK")
HEADERS = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}


@contextmanager
def serving(records: Path) -> Iterator[tuple[int, int]]:
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


def main() -> int:
    with tempfile.TemporaryDirectory() as name, serving(Path(name, "records.db")) as (port, pid):
        for what, each in SIZES.items():
            for clients in CLIENTS:
                found = [rates(port, pid, each, clients) for _ in range(ROUNDS)]
                wall, processor = (max(some) for some in zip(*found, strict=True))
                print(f"{what} a request, {clients} at a time: {wall:,.0f} events/s, {processor:,.0f} a CPU second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
