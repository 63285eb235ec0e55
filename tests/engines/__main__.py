"""Runs the suite of every engine, one line each, and holds the required ones to their number."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Outcome:
    ran: int
    passed: int
    skipped: int
    reasons: tuple[str, ...]

    def line(self, name: str) -> str:
        why = f" ({'; '.join(self.reasons)})" if self.reasons else ""
        return f"engine {name}: ran {self.ran}, passed {self.passed}, skipped {self.skipped}{why}"


def host() -> set[str]:
    """What this host can be held to: `any`, and `root` where it may start containers."""
    return {"any", "root"} if hasattr(os, "geteuid") and os.geteuid() == 0 else {"any"}


def run(name: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", str(HERE / name), "-q", f"--junit-xml={report}", "-p", "no:xdist"]
        subprocess.run(command, cwd=ROOT, check=False)
        return read(report) if report.exists() else Outcome(0, 0, 0, ("its tests could not be started",))


def read(report: Path) -> Outcome:
    cases = list(xml.parse(report).getroot().iter("testcase"))
    skipped = [case.find("skipped") for case in cases]
    reasons = sorted({reason.get("message", "") for reason in skipped if reason is not None})
    ran = [case for case in cases if case.find("skipped") is None]
    passed = [case for case in ran if case.find("failure") is None and case.find("error") is None]
    return Outcome(len(ran), len(passed), len(cases) - len(ran), tuple(reasons))


def main(chosen: list[str]) -> int:
    required = json.loads((HERE / "required.json").read_text("utf-8"))
    lines, faults = [], []
    for name, demand in required.items():
        if chosen and name not in chosen:
            continue
        print(f"== engine {name}", flush=True)
        outcome = run(name)
        lines.append(outcome.line(name))
        if outcome.passed < outcome.ran:
            faults.append(f"engine {name}: {outcome.ran - outcome.passed} failed")
        if demand["host"] in host() and outcome.passed < demand["at_least"]:
            faults.append(f"engine {name}: {outcome.passed} passed, at least {demand['at_least']} are required here")
    print("\n".join(["", *lines, *faults]), flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
