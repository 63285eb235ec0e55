"""A run of no-op steps against bare processes of the same number and order. By hand: `python FILE`."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.local.run import RunOptions, cores, run_pipeline
from pipeglot_backends.protocol import EmittedFile

STEPS = 50
ROUNDS = 3
HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: bench}\nsteps:\n"
PYTHON = [sys.executable, "-I", "-S", "-c", "pass"]


def chain(number: int) -> str:
    return f"  s{number}: {{run: ['true']{f', needs: [s{number - 1}]' if number else ''}}}\n"


def wide(number: int) -> str:
    return f"  s{number}: {{run: ['true']}}\n"


def emitted(step: Callable[[int], str], folder: Path) -> tuple[EmittedFile, ...]:
    path = folder / "pipeline.yaml"
    path.write_text(HEAD + "".join(map(step, range(STEPS))))
    return compiled(load(path, None), "local").files


def bare(command: list[str], jobs: int) -> None:
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda _: subprocess.run(command, check=True), range(STEPS)))


def cost(act: Callable[[], object]) -> tuple[float, float, float]:
    """The best of some rounds: seconds on the clock, of the children's CPU, and of our own."""

    def once() -> tuple[float, float, float]:
        since, before, own = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
        act()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return time.monotonic() - since, spent, time.process_time() - own

    rounds = [once() for _ in range(ROUNDS)]
    return min(r[0] for r in rounds), min(r[1] for r in rounds), min(r[2] for r in rounds)


def told(name: str, step: Callable[[int], str], jobs: int) -> str:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = emitted(step, folder)
        run = cost(lambda: run_pipeline(files, {}, RunOptions(folder)))
    floor, python = cost(lambda: bare(["true"], jobs)), cost(lambda: bare(PYTHON, jobs))
    return (
        f"{name}: {run[0] / STEPS * 1000:.0f} ms a step, {run[0] / floor[0]:.0f}x `true`, {run[0] / python[0]:.1f}x "
        f"Python; workers' CPU {run[1] / python[1]:.1f}x Python; the engine's own {run[2] / STEPS * 1000:.1f} ms a step"
    )


def main() -> None:
    print(f"{STEPS} steps of `true`, best of {ROUNDS}; the floors are `true` and bare Python, started as often")
    print(told("chain", chain, 1), told("wide", wide, cores()), sep="\n")


if __name__ == "__main__":
    main()
