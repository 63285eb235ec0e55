"""What `validate` takes for files that were made to cost much, and for wrong ones beside right ones of their size."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

SECONDS, MEGABYTES, TIMES = 1.0, 200, 2.5
HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: x}\n"
STEP = "steps: {a: {run: [x]}}\n"


RIGHT = {
    "needs": "  step_{i}: {{run: [x], needs: [step_{before}]}}\n",
    "readings": "  step_{i}: {{run: [x, '${{{{ steps.step_{before}.outputs.o }}}}'], outputs: {{o: {{type: int}}}}}}\n",
    "fields": "  step_{i}: {{run: [x], timeout: 5m}}\n",
    "values": "  step_{i}: {{run: [x], retry: {{limit: 3}}}}\n",
}
WRONG = {
    "needs": ("step_{before}", "stp_{i}"),
    "readings": ("step_{before}", "stp_{i}"),
    "fields": ("timeout", "tiemout_{i}"),
    "values": ("{{limit: 3}}", "3"),
}
COUNTS = (100, 400, 1600)


def _steps(kind: str, count: int, every: int = 0) -> str:
    """Of so many steps one in `every` is wrong; none where that is 0."""
    lines = ["  step_0: {run: [x], outputs: {o: {type: int}}}\n"]
    for i in range(1, count):
        wrong = every and not i % every
        line = RIGHT[kind].replace(*WRONG[kind]) if wrong else RIGHT[kind]
        lines.append(line.format(i=i, before=i - 1))
    return f"{HEAD}steps:\n{''.join(lines)}"


def _matrix() -> str:
    axes = "".join(f"      a{i}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n" for i in range(10))
    return f"{HEAD}steps:\n  a:\n    run: [x]\n    matrix:\n{axes}"


def _pattern(pattern: str, text: str) -> str:
    return f"{HEAD}params: {{p: {{type: string, pattern: '{pattern}', default: '{text}'}}}}\n{STEP}"


def _doubled() -> str:
    each = (f"  c{i}: {{steps: {{a: {{uses: c{i + 1}}}, b: {{uses: c{i + 1}}}}}}}\n" for i in range(24))
    return f"{HEAD}components:\n{''.join(each)}  c24: {{run: [x]}}\nsteps: {{a: {{uses: c0}}}}\n"


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
    "100,000 wrong elements of a list": lambda: f"{HEAD}steps: {{a: {{run: [x], needs: [{'1, ' * 100_000}1]}}}}\n",
    "100,000 unknown names in `needs`": lambda: (
        f"{HEAD}steps: {{a: {{run: [x], needs: [{', '.join(f's{i}' for i in range(100_000))}]}}}}\n"
    ),
    "10,000 unknown names in one text": lambda: (
        f"{HEAD}steps:\n  a: {{run: [x, '{' '.join(f'${{{{ params.p{i} }}}}' for i in range(10_000))}']}}\n"
    ),
    "100,000 wrong values of a map": lambda: (
        HEAD + "steps:\n a:\n  run: [x]\n  env:\n" + "".join(f"   E{i}: 1\n" for i in range(100_000))
    ),
    "100,000 wrong elements in a pod": lambda: (
        f"{HEAD}{STEP}kubernetes: {{security_context: {{capabilities: {{add: [{'1, ' * 100_000}1]}}}}}}\n"
    ),
    "100,000 profiles": lambda: HEAD + STEP + "profiles:\n" + "".join(f"  p{i}: {{}}\n" for i in range(100_000)),
    "20 profiles of 1,000 steps": lambda: (
        _steps("needs", 1000) + "profiles:\n" + "".join(f"  p{i}: {{target: local}}\n" for i in range(20))
    ),
    "100,000 expressions in one step": lambda: f"{HEAD}steps: {{a: {{run: [x, '{'${{ run.id }}' * 100_000}']}}}}\n",
    "an expression of a megabyte": lambda: (
        f"{HEAD}steps: {{a: {{run: [x], when: '${{{{ {'not ' * 250_000}true }}}}'}}}}\n"
    ),
    "100,000 keys of one name": lambda: HEAD + STEP + "kind: Pipeline\n" * 100_000,
    "50,000 keys that stand twice": lambda: HEAD + STEP + "".join(f"k{i}: 1\n" for i in range(50_000)) * 2,
    "100,000 params": lambda: f"{HEAD}{STEP}params: {{{', '.join(f'p{i}: {{type: int}}' for i in range(100_000))}}}\n",
    "10,000 values of `enum`": lambda: (
        f"{HEAD}{STEP}params: {{p: {{type: int, enum: [{', '.join(map(str, range(10_000)))}]}}}}\n"
    ),
    "20,000 directives of tags": lambda: (
        "".join(f"%TAG !a{i}! tag:a,2000:\n" for i in range(20_000)) + "---\n" + HEAD + STEP
    ),
    "100,000 tags": lambda: f"{HEAD}{STEP}a: [{', '.join(f'!t{i} 1' for i in range(100_000))}]\n",
    "components that double 24 times": _doubled,
    "a wrong text of 10 MB": lambda: HEAD + "steps:\n  a:\n    run: |\n" + "      ${{ ${{ ${{ ${{\n" * 400_000,
    "10 MB of quotes that never end": lambda: f'{HEAD}steps:\n  a:\n    run: "' + "x" * 10_000_000,
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
    over = _beside_right_ones()
    for name, make in FILES.items():
        seconds, megabytes = measured(make())
        beyond = seconds > SECONDS or megabytes > MEGABYTES
        over = over or beyond
        print(f"  {name:34}{seconds:>9.2f} {megabytes:>6.0f}{'   beyond' if beyond else ''}")
    sys.exit(1 if over else 0)


def _beside_right_ones() -> bool:
    """Whether one that is wrong takes much longer than one that is right, or the longer the more."""
    over = False
    for kind, (every, told), count in product(RIGHT, {1: "every step", 2: "every second"}.items(), COUNTS):
        right, wrong = (next(measured(_steps(kind, count, each))) for each in (0, every))
        times = wrong / right
        beyond = "   beyond" if times > TIMES else ""
        over = over or bool(beyond)
        print(f"  {f'{kind} in {told} of {count}':34}{wrong:>9.2f} {times:>5.1f}x{beyond}")
    return over


if __name__ == "__main__":
    main()
