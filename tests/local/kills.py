"""Kills of what belongs to a run, at random moments, and what the store has afterwards of what the step had written."""

from __future__ import annotations

import json
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forked import Forked
from tests.local.runs import HEAD, alive, until

from pipeglot_records.show import run as showing
from pipeglot_records.store.database import open_store
from pipeglot_records.store.intake.ingest import ingest_folder

WRITER = """
import os, time
metrics, events = os.environ["PIPEGLOT_METRICS"], os.environ["PIPEGLOT_EVENTS"]
out, also = (os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT) for path in (metrics, events))
os.link(metrics, "metrics.copy")
os.link(events, "events.copy")
with open("pid.new", "w") as file:
    file.write(str(os.getpid()))
os.rename("pid.new", "pid")
for number in range(10**9):
    os.write(out, b"n=%d\\n" % number)
    os.write(also, b'{"note": "%d"}\\n' % number)
    if number % 2 == 0:
        time.sleep(0.001)
"""
STEPS = "steps:\n  s: {run: [python3, writer.py]}\n"
"""Without a shell, which would stand between the sidecar and the command."""
LOOKS = {"PIPEGLOT_HEARTBEAT": "0.2", "PIPEGLOT_GRACE": "0.3"}


@dataclass(frozen=True, slots=True)
class Family:
    """Process ids. The sidecar is the parent of the command, the guard its sibling."""

    engine: int
    guard: int
    sidecar: int
    command: int


KINDS: Mapping[str, Callable[[Family], list[int]]] = {
    "sidecar": lambda them: [them.sidecar],
    "command": lambda them: [them.command],
    "engine": lambda them: [them.engine],
    "engine and guard": lambda them: [them.engine, them.guard],
    "engine and sidecar": lambda them: [them.engine, them.sidecar],
    "sidecar and command": lambda them: [them.sidecar, them.command],
    "engine, guard and sidecar": lambda them: [them.engine, them.guard, them.sidecar],
    "all": lambda them: [them.engine, them.guard, them.sidecar, them.command],
}


@dataclass(frozen=True, slots=True)
class Lost:
    """Lines that were whole in the two files, and those of them that the store has not."""

    written: int
    missing: int


def kill(folder: Path, kind: str, after: float) -> Lost:
    """One run that is killed some seconds after its command began to write. Nothing of it may live on."""
    (folder / "writer.py").write_text(WRITER)
    (folder / "pipeline.yaml").write_text(HEAD + STEPS)
    run = Forked(("run",), folder, {**os.environ, **LOOKS})
    until((folder / "pid").exists)
    them = family(run.pid, int((folder / "pid").read_text()))
    time.sleep(after)
    for pid in KINDS[kind](them):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.wait(60)
    until(lambda: not alive(them.command) and not alive(them.sidecar))
    return missing(folder)


def family(engine: int, command: int) -> Family:
    sidecar = parent(command)
    assert parent(sidecar) == engine, "it is the engine that starts a sidecar"
    siblings = [pid for pid in processes() if parent(pid) == engine and pid != sidecar]
    return Family(engine, siblings[0], sidecar, command)


def processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    return 0


def missing(folder: Path) -> Lost:
    (record,) = folder.glob(".pipeglot/runs/*/record")
    with open_store(str(folder / "after.db"), {}) as store:
        store.register((record.parent / "plan" / "definition.json").read_text())
        ingest_folder(store, record)
        shown: Any = showing.as_json(store, record.parent.name)
    (attempt,) = shown["steps"][0]["attempts"]
    metrics, events = (lines(folder / name) for name in ("metrics.copy", "events.copy"))
    notes = [remark["value"] for remark in attempt["remarks"] if remark["kind"] == "note"]
    kept = attempt["metrics"].get("n", {"points": 0, "value": -1})
    assert kept["points"] in (len(metrics), len(metrics) + 1), "a point stands there twice"
    assert len(set(notes)) == len(notes), "a note stands there twice"
    lost = set(events) - {json.dumps({"note": note}) for note in notes}
    return Lost(len(metrics) + len(events), max(0, len(metrics) - kept["points"]) + len(lost))


def lines(path: Path) -> list[str]:
    """Those that have their end."""
    return path.read_text().split("\n")[:-1]


def moment() -> float:
    return random.uniform(0.0, 0.7)


def main(count: int, kinds: Sequence[str]) -> None:
    """Prints what each of these kinds of kill cost, all of them where none is named."""
    for kind in kinds or KINDS:
        found: list[Lost] = []
        for _ in range(count):
            with tempfile.TemporaryDirectory() as folder:
                found.append(kill(Path(folder), kind, moment()))
        written, lost = sum(one.written for one in found), sum(one.missing for one in found)
        print(f"{kind:28}{count:4} kills {written:9,} lines written {lost:6,} of them lost", flush=True)
