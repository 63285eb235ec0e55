"""Runs the suite of every engine, in lanes, one line each, and holds the required ones to their number.

`python tests/engines [NAME…]`; without names, what was run is compared with `docs/conformance.md`, or written there
(`--write`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
for folder in (HERE, ROOT):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import rig  # noqa: E402
from tests.engines import environment, matrix  # noqa: E402


@dataclass(frozen=True)
class Outcome:
    ran: int
    passed: int
    skipped: int
    reasons: tuple[str, ...]
    verdicts: tuple[matrix.Verdict, ...] = ()

    def line(self, name: str) -> str:
        why = f" ({'; '.join(self.reasons)})" if self.reasons else ""
        return f"engine {name}: ran {self.ran}, passed {self.passed}, skipped {self.skipped}{why}"


def host() -> set[str]:
    """What this host can be held to: `any`, `root` where it may start containers, `npm` where that is."""
    root = {"root"} if hasattr(os, "geteuid") and os.geteuid() == 0 else set[str]()
    return {"any"} | root | ({"npm"} if shutil.which("npm") else set())


def run(name: str, demand: Mapping[str, str]) -> Outcome:
    """With the Python of an engine's environment, where its SDK must be beside pipeglot. Prints what its tests said."""
    environ = demand.get("environment")
    try:
        python = str(environment.interpreter(environ)) if environ else sys.executable
    except environment.CannotInstall as fault:
        return Outcome(0, 0, 0, (f"its environment cannot be installed: {str(fault).splitlines()[-1]}",))
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary) / "report.xml"
        command = [python, "-m", "pytest", str(HERE / demand.get("folder", name)), "-q", "--durations=8"]
        command += [f"--junit-xml={report}", "-o", "junit_family=xunit1", *([] if environ else ["-p", "no:xdist"])]
        said = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(f"== engine {name}\n{said.stdout.decode(errors='replace')}", flush=True)
        return read(report) if report.exists() else Outcome(0, 0, 0, ("its tests could not be started",))


def read(report: Path) -> Outcome:
    cases = list(xml.parse(report).getroot().iter("testcase"))
    skipped = [case.find("skipped") for case in cases]
    reasons = sorted({reason.get("message", "") for reason in skipped if reason is not None})
    ran = [case for case in cases if case.find("skipped") is None]
    passed = [case for case in ran if case.find("failure") is None and case.find("error") is None]
    return Outcome(len(ran), len(passed), len(cases) - len(ran), tuple(reasons), matrix.verdicts(report))


class Clusters:
    """Those of the rig, for suites of several lanes: up before the first that is in them, down after the last."""

    def __init__(self, users: int) -> None:
        self._users = users
        self._lock = Lock()
        self._ours: list[str] | None = None

    @contextmanager
    def lent(self) -> Generator[None]:
        with self._lock:
            if self._ours is None:
                self._ours = self._up()
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._down()

    def _up(self) -> list[str]:
        """The names of those that were not up before. One that does not come up is left to the suites to complain."""
        if rig.available():
            return []
        ours = [name for name, word in rig.status().items() if word != "up"]
        try:
            with ThreadPoolExecutor() as pool:
                list(pool.map(rig.up, ours))
        except rig.RigFailed as fault:
            print(f"rig: {fault}", file=sys.stderr, flush=True)
        return ours

    def _down(self) -> None:
        for name in self._ours or ():
            rig.down(name)


def in_lanes(wanted: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[Outcome, float]]:
    """Outcome and seconds of each suite, in the order of `wanted`. Those of a lane run one after the other.

    Most of a suite is waiting for its engine: several lanes keep two cores busy. `after` names a suite of another lane
    that is to be over before: one looks at the mounts of this machine, which the containers of another change.
    `in: clusters` are those that share the clusters of the rig.
    """
    over = {name: Event() for name in wanted}
    clusters = Clusters(sum("in" in demand for demand in wanted.values()))
    found: dict[str, tuple[Outcome, float]] = {}

    def work(names: Iterable[str]) -> None:
        for name in names:
            if (before := wanted[name].get("after")) in over:
                over[before].wait()
            begun = time.monotonic()
            try:
                with clusters.lent() if "in" in wanted[name] else nullcontext():
                    found[name] = run(name, wanted[name]), time.monotonic() - begun
            finally:
                over[name].set()

    lanes: dict[str, list[str]] = {}
    for name, demand in wanted.items():
        lanes.setdefault(demand.get("lane", ""), []).append(name)
    with ThreadPoolExecutor(len(lanes)) as pool:
        for each in [pool.submit(work, names) for names in lanes.values()]:
            each.result()
    return {name: found[name] for name in wanted}


def main(arguments: list[str]) -> int:
    chosen = [argument for argument in arguments if argument != "--write"]
    required = json.loads((HERE / "required.json").read_text("utf-8"))
    if unknown := set(chosen) - set(required):
        print(f"no engine {', '.join(sorted(unknown))}; there are {', '.join(required)}", file=sys.stderr)
        return 2
    wanted = {name: demand for name, demand in required.items() if not chosen or name in chosen}
    lines, faults = [], []
    outcomes = in_lanes(wanted)
    for name, (outcome, seconds) in outcomes.items():
        demand = wanted[name]
        lines.append(f"{outcome.line(name)}, {seconds:.0f} s")
        if outcome.passed < outcome.ran:
            faults.append(f"engine {name}: {outcome.ran - outcome.passed} failed")
        if demand["host"] in host() and outcome.passed < demand["at_least"]:
            faults.append(f"engine {name}: {outcome.passed} passed, at least {demand['at_least']} are required here")
    # One that may run nothing, since no machine here has its engine, says for each case that it compiles.
    whole = all(outcome.ran or not wanted[name]["at_least"] for name, (outcome, _) in outcomes.items())
    if not chosen and not faults and whole:
        faults += _page([outcome for outcome, _ in outcomes.values()], write="--write" in arguments)
    print("\n".join(["", *lines, *faults]), flush=True)
    return 1 if faults else 0


def _page(outcomes: list[Outcome], *, write: bool) -> list[str]:
    """A fault, unless the page of the matrix says what was just run, or is to be written."""
    text = matrix.page(verdict for outcome in outcomes for verdict in outcome.verdicts)
    if write:
        matrix.PAGE.write_text(text, "utf-8")
    elif not matrix.PAGE.exists() or matrix.PAGE.read_text("utf-8") != text:
        return [
            f"{matrix.PAGE.name} does not say what was run: `python tests/engines --write`, and read the difference"
        ]
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
