"""What `validate` takes for files that were made to cost much: processor and memory of a process for each."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

SECONDS, MEGABYTES = 1.0, 200
HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: x}\n"
STEP = "steps: {a: {run: [x]}}\n"


def _needs(count: int) -> str:
    return HEAD + "steps:\n" + "".join(f"  step_{i}: {{run: [x], needs: [stp_{i}]}}\n" for i in range(count))


def _matrix() -> str:
    axes = "".join(f"      a{i}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n" for i in range(10))
    return f"{HEAD}steps:\n  a:\n    run: [x]\n    matrix:\n{axes}"


def _pattern(pattern: str, text: str) -> str:
    return f"{HEAD}params: {{p: {{type: string, pattern: '{pattern}', default: '{text}'}}}}\n{STEP}"


FILES: dict[str, Callable[[], str]] = {
    "a pattern of nested repeats": lambda: _pattern("^(a+)+$", "a" * 30 + "!"),
    "a pattern of an address": lambda: _pattern(r"([a-z0-9]+[-._]?)+@acme\.com", "a" * 30 + "@acme.con"),
    "a pattern of many repeats": lambda: _pattern("(.{0,40}a){0,40}", "b" * 60_000),
    "a pattern of very many repeats": lambda: _pattern("(a{0,300}){0,300}", "a" * 60_000 + "!"),
    "a matrix of ten axes of ten": _matrix,
    "100,000 unknown keys": lambda: HEAD + STEP + "".join(f"key_{i}: 1\n" for i in range(100_000)),
    "an unknown key in 2,000 steps": lambda: (
        HEAD + "steps:\n" + "".join(f"  s{i}: {{run: [x], colour: 1}}\n" for i in range(2000))
    ),
    "10 MB of quotes that never end": lambda: f'{HEAD}steps:\n  a:\n    run: "' + "x" * 10_000_000,
    **{f"misspelt needs in {count} steps": partial(_needs, count) for count in (100, 200, 400, 1600)},
}


def measured(text: str) -> Iterator[float]:
    """Seconds of processor and megabytes of the largest process so far."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pipeline.yaml").write_text(text, "utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeglot", "validate"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), f"validate ended with {process.returncode}"
    yield used.ru_utime + used.ru_stime
    yield used.ru_maxrss * resource.getpagesize() / 4096 / 1024


def main() -> None:
    print(f"{'':36}{'seconds':>9} {'MB':>6}   at most {SECONDS:g} s, {MEGABYTES} MB")
    over = False
    for name, make in FILES.items():
        seconds, megabytes = measured(make())
        beyond = seconds > SECONDS or megabytes > MEGABYTES
        over = over or beyond
        print(f"  {name:34}{seconds:>9.2f} {megabytes:>6.0f}{'   beyond' if beyond else ''}")
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
