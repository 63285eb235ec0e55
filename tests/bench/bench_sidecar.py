"""What the sidecar costs: time and memory of one step, beside those of Python alone and of the bare command."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.sidecar.stage import Stage, argv, sh  # noqa: E402  (a benchmark runs as a script)

ROUNDS = 30
ANEW = {"PYTHONDONTWRITEBYTECODE": "1"}
BUDGET = "30 ms of processor, 50 ms, 15 MiB"
PEAK = "grep VmHWM /proc/$PPID/status"


def measured(command: list[str], env: Mapping[str, str]) -> tuple[float, float]:
    """Milliseconds of processor and of the clock, the median of several rounds."""
    processor: list[float] = []
    clock: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        clock.append(1000 * (time.perf_counter() - began))
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        processor.append(1000 * (usage.ru_utime + usage.ru_stime))
    return statistics.median(processor), statistics.median(clock)


def peak(stage: Stage) -> float:
    """MiB of the sidecar while its command runs, as the command sees it."""
    return int(stage.step(sh(PEAK)).run().out.split()[1]) / 1024


def main(interpreter: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), interpreter)
        stage.own_sidecar()
        env = stage.step(argv("true")).environment(None, {})
        run = [interpreter, str(stage.sidecar), "run", "s"]
        rows = {
            "the bare command": measured(["true"], env),
            "python3 -c pass": measured([interpreter, "-c", "pass"], env),
            "sidecar": measured(run, env),
            "sidecar, compiled anew": measured(run, {**env, **ANEW, "PYTHONPYCACHEPREFIX": folder}),
        }
        memory = peak(stage)
    bare, python = rows["the bare command"], rows["python3 -c pass"]
    print(f"{interpreter}, median of {ROUNDS}; budget over the bare command: {BUDGET}")
    for name, (processor, clock) in rows.items():
        over = f"over the command {processor - bare[0]:6.1f} and {clock - bare[1]:6.1f}"
        print(
            f"{name:24}{processor:7.1f} ms of processor {clock:7.1f} ms   {over}   {processor / python[0]:.1f} x python"
        )
    print(f"memory of the sidecar    {memory:6.1f} MiB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else sys.executable)
