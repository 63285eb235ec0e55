"""`make fuzz`: many mutations; goes on where it was stopped. `python -m tests.fuzz --show NUMBER` prints one."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.fuzz.campaign import Field, part, seed_of

ROOT = Path(__file__).parents[2]
SEED, COUNT, CHUNK = 20261130, 100_000, 250
VARYING = re.compile(r"`[^`]*`|'[^']*'|(?<!PG)(?<!\d)\d+(?![\d)]*\))")
STATE = ROOT / "build" / "fuzz"


def main() -> int:
    options = _options()
    if options.show is not None:
        return show(options.seed, options.show)
    state = STATE / f"{options.seed}.json"
    done = json.loads(state.read_text("utf-8")) if state.exists() and not options.anew else {}
    starts = [start for start in range(0, options.count, CHUNK) if str(start) not in done]
    print(f"seed {options.seed}: {options.count} mutations, {len(done)} of {len(done) + len(starts)} parts are done")
    state.parent.mkdir(parents=True, exist_ok=True)
    jobs = [(options.seed, start, min(start + CHUNK, options.count)) for start in starts]
    with multiprocessing.get_context("spawn").Pool(min(options.jobs, len(jobs) or 1)) as pool:
        for start, found in pool.imap_unordered(part, jobs):
            for number, text in found.pop("texts").items():
                (STATE / f"{options.seed}-{number}.yaml").write_bytes(text)
            done[str(start)] = found
            state.write_text(json.dumps(done), "utf-8")
            print(f"\r{told(done)}", end="", flush=True)
    print(f"\n{told(done)}; seed {options.seed}")
    return report(done)


def told(done: dict[str, dict[str, Any]]) -> str:
    kinds = sum((Counter[str](each["kinds"]) for each in done.values()), Counter[str]())
    compiled, refused = (sum(int(str(each[name])) for each in done.values()) for name in ("compiled", "refused"))
    faults = sum(len(list(each["faults"])) for each in done.values())
    parts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"{kinds.total()} mutations ({parts}), {compiled} compiled, {refused} refused, {faults} faults"


def report(done: dict[str, dict[str, Any]]) -> int:
    """Faults of one kind together, with the first numbers that lead to them."""
    numbers: dict[str, list[int]] = {}
    for each in done.values():
        for number, fault in each["faults"]:
            numbers.setdefault(VARYING.sub("…", fault)[:160], []).append(number)
    for fault, found in sorted(numbers.items(), key=lambda pair: -len(pair[1])):
        print(f"{len(found):6} {fault}   --show {min(found)}")
    return 1 if numbers else 0


def show(seed: int, number: int) -> int:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        field = Field(Path(place))
        path, content, _ = field.mutation(seed, number)
        sys.stdout.buffer.write(content)
        print(f"\n--- of {seed_of(field, seed, number).name}, as {path.name}")
        outcome = field.run(seed, number)
    print(outcome.kind, *outcome.faults, sep="\n")
    return 1 if outcome.faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--show", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
