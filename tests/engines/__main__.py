"""Runs the suite of every engine, in two lanes, one line each, and holds the required ones to their number.

`python tests/engines [NAME…]`; without names, what was run is compared with `docs/conformance.md`, or written there
(`--write`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

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
    """What this host can be held to: `any`, and `root` where it may start containers."""
    return {"any", "root"} if hasattr(os, "geteuid") and os.geteuid() == 0 else {"any"}


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


def in_lanes(wanted: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[Outcome, float]]:
    """Outcome and seconds of each suite, in the order of `wanted`. Those of a lane run one after the other.

    Most of a suite is waiting for its engine: two lanes keep two cores busy. `after` names a suite of another lane
    that is to be over before: one looks at the mounts of this machine, which the containers of another change.
    """
    over = {name: Event() for name in wanted}
    found: dict[str, tuple[Outcome, float]] = {}

    def work(names: Iterable[str]) -> None:
        for name in names:
            if (before := wanted[name].get("after")) in over:
                over[before].wait()
            begun = time.monotonic()
            try:
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
    all_of_them = [outcome for outcome, _ in outcomes.values()]
    if not chosen and not faults and all(outcome.ran for outcome in all_of_them):
        faults += _page(all_of_them, write="--write" in arguments)
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
